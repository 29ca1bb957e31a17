-- each record at its own time
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  COALESCE("u"."service_tier", '') AS "c2",
  COALESCE("u"."region", '') AS "c3",
  COUNT(*) AS "c4",
  COUNT(
    COALESCE(
      "u"."input_tokens",
      "u"."output_tokens",
      "u"."cache_read_input_tokens",
      "u"."cache_read_audio_input_tokens",
      "u"."cache_read_image_input_tokens",
      "u"."cache_write_input_tokens",
      "u"."cache_write_5m_input_tokens",
      "u"."cache_write_1h_input_tokens",
      "u"."reasoning_output_tokens",
      "u"."input_audio_tokens",
      "u"."output_audio_tokens",
      "u"."input_image_tokens",
      "u"."output_image_tokens",
      "u"."web_search_requests",
      "u"."web_fetch_requests",
      "u"."search_units",
      "u"."tool_calls",
      "u"."audio_seconds",
      "u"."pages"
    )
  ) AS "c5",
  SUM(
    CASE
      WHEN "u"."part" = 0
      AND NOT COALESCE("u"."operation", '') IN ('retrieve', 'begin_batch')
      THEN 0
      ELSE 1
    END
  ) AS "c6",
  CAST(MIN("u"."at") AS DATE) AS "c7",
  CAST(MAX("u"."at") AS DATE) AS "c8",
  CAST(MIN("u"."clock") AS DATE) AS "c9",
  CAST(MAX("u"."clock") AS DATE) AS "c10",
  MAX("u"."input_tokens") AS "c11",
  MAX("u"."output_tokens") AS "c12",
  MAX("u"."cache_read_input_tokens") AS "c13",
  MAX("u"."cache_read_audio_input_tokens") AS "c14",
  MAX("u"."cache_read_image_input_tokens") AS "c15",
  MAX("u"."cache_write_input_tokens") AS "c16",
  MAX("u"."cache_write_5m_input_tokens") AS "c17",
  MAX("u"."cache_write_1h_input_tokens") AS "c18",
  MAX("u"."reasoning_output_tokens") AS "c19",
  MAX("u"."input_audio_tokens") AS "c20",
  MAX("u"."output_audio_tokens") AS "c21",
  MAX("u"."input_image_tokens") AS "c22",
  MAX("u"."output_image_tokens") AS "c23",
  MAX("u"."web_search_requests") AS "c24",
  MAX("u"."web_fetch_requests") AS "c25",
  MAX("u"."search_units") AS "c26",
  MAX("u"."tool_calls") AS "c27",
  MAX("u"."audio_seconds") AS "c28",
  MAX("u"."pages") AS "c29"
FROM "specbudget_ordinary_t" AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  COALESCE("u"."service_tier", ''),
  COALESCE("u"."region", '');

-- each record at its own time
SELECT
  "x"."spec" AS "c0",
  "x"."stage" AS "c1",
  "x"."provider" AS "c2",
  "x"."model" AS "c3",
  COUNT(*) AS "c4",
  SUM(
    CASE
      WHEN "x"."part" = 0
      AND NOT COALESCE("x"."operation", '') IN ('retrieve', 'begin_batch')
      THEN 1
      ELSE 0
    END
  ) AS "c5",
  SUM(CASE WHEN "x"."part" = 0 THEN 1 ELSE 0 END) AS "c6",
  COUNT("x"."list_cost") AS "c7",
  SUM(CAST("x"."list_cost" AS DECIMAL(38, 0))) AS "c8",
  COUNT("x"."cost") AS "c9",
  SUM(CAST("x"."cost" AS DECIMAL(38, 0))) AS "c10",
  SUM(CAST("x"."paid" AS DECIMAL(38, 0))) AS "c11",
  SUM("x"."input_tokens") AS "c12",
  SUM("x"."output_tokens") AS "c13",
  NULL AS "c14"
FROM (
  SELECT
    "s".*
  FROM (
    SELECT
      "t".*,
      "c"."cell",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN 0
        WHEN "t"."outcome" <> 'answered'
        THEN NULL
        WHEN "t"."free"
        THEN 0
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN NULL
        WHEN NOT "c"."free"
        AND COALESCE(
          "t"."input_tokens",
          "t"."output_tokens",
          "t"."cache_read_input_tokens",
          "t"."cache_read_audio_input_tokens",
          "t"."cache_read_image_input_tokens",
          "t"."cache_write_input_tokens",
          "t"."cache_write_5m_input_tokens",
          "t"."cache_write_1h_input_tokens",
          "t"."reasoning_output_tokens",
          "t"."input_audio_tokens",
          "t"."output_audio_tokens",
          "t"."input_image_tokens",
          "t"."output_image_tokens",
          "t"."web_search_requests",
          "t"."web_fetch_requests",
          "t"."search_units",
          "t"."tool_calls",
          "t"."audio_seconds",
          "t"."pages"
        ) IS NULL
        THEN NULL
        ELSE "c"."base" + CASE
          WHEN "t"."n_web_search" = 0
          THEN 0
          ELSE "t"."n_web_search" * "c"."p_web_search"
        END + CASE WHEN "t"."n_page" = 0 THEN 0 ELSE "t"."n_page" * "c"."p_page" END + CASE
          WHEN "t"."n_cache_read" = 0
          THEN 0
          ELSE "t"."n_cache_read" * "c"."p_cache_read"
        END + "t"."n_cache_read_audio" * "c"."p_cache_read_audio" + "t"."n_cache_read_image" * "c"."p_cache_read_image" + CASE
          WHEN "t"."n_cache_write_5m" = 0
          THEN 0
          ELSE "t"."n_cache_write_5m" * "c"."p_cache_write_5m"
        END + CASE
          WHEN "t"."n_cache_write_1h" = 0
          THEN 0
          ELSE "t"."n_cache_write_1h" * "c"."p_cache_write_1h"
        END + CASE
          WHEN "t"."n_input_audio" = 0
          THEN 0
          ELSE "t"."n_input_audio" * "c"."p_input_audio"
        END + CASE WHEN "t"."n_input" = 0 THEN 0 ELSE "t"."n_input" * "c"."p_input" END + CASE
          WHEN "t"."n_output_image" = 0
          THEN 0
          ELSE "t"."n_output_image" * "c"."p_output_image"
        END + CASE
          WHEN "t"."reasoned" > 0
          THEN LEAST("t"."reasoned", "t"."n_output") * "c"."p_reasoning" + (
            "t"."n_output" - LEAST("t"."reasoned", "t"."n_output")
          ) * "c"."p_answer"
          ELSE "t"."n_output" * "c"."p_output"
        END + CASE
          WHEN "t"."n_web_search" + "t"."n_page" + "t"."n_cache_read" + "t"."n_cache_read_audio" + "t"."n_cache_read_image" + "t"."n_cache_write_5m" + "t"."n_cache_write_1h" + "t"."n_input_audio" + "t"."n_input" + "t"."n_output_image" + "t"."n_output" > 0
          THEN "c"."p_request"
          ELSE 0
        END
      END AS "cost",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN NULL
        WHEN "t"."outcome" <> 'answered'
        THEN 'answer'
        WHEN "t"."free"
        THEN NULL
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN 'counts'
        WHEN "c"."base" IS NULL
        THEN 'row'
        WHEN NOT "c"."free"
        AND COALESCE(
          "t"."input_tokens",
          "t"."output_tokens",
          "t"."cache_read_input_tokens",
          "t"."cache_read_audio_input_tokens",
          "t"."cache_read_image_input_tokens",
          "t"."cache_write_input_tokens",
          "t"."cache_write_5m_input_tokens",
          "t"."cache_write_1h_input_tokens",
          "t"."reasoning_output_tokens",
          "t"."input_audio_tokens",
          "t"."output_audio_tokens",
          "t"."input_image_tokens",
          "t"."output_image_tokens",
          "t"."web_search_requests",
          "t"."web_fetch_requests",
          "t"."search_units",
          "t"."tool_calls",
          "t"."audio_seconds",
          "t"."pages"
        ) IS NULL
        THEN 'usage'
        WHEN "t"."n_web_search" > 0 AND "c"."p_web_search" IS NULL
        THEN 'web_search'
        WHEN "t"."n_page" > 0 AND "c"."p_page" IS NULL
        THEN 'page'
        WHEN "t"."n_cache_read" > 0 AND "c"."p_cache_read" IS NULL
        THEN 'cache_read'
        WHEN "t"."n_cache_write_5m" > 0 AND "c"."p_cache_write_5m" IS NULL
        THEN 'cache_write_5m'
        WHEN "t"."n_cache_write_1h" > 0 AND "c"."p_cache_write_1h" IS NULL
        THEN 'cache_write_1h'
        WHEN "t"."n_input_audio" > 0 AND "c"."p_input_audio" IS NULL
        THEN 'input_audio'
        WHEN "t"."n_input" > 0 AND "c"."p_input" IS NULL
        THEN 'input'
        WHEN "t"."n_output_image" > 0 AND "c"."p_output_image" IS NULL
        THEN 'output_image'
      END AS "lacks",
      CASE
        WHEN NOT "c"."base" IS NULL
        AND (
          "c"."odd" OR COALESCE("t"."audio_seconds", 0) > 0
        )
        THEN 1
        ELSE 0
      END AS "slow",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN 0
        WHEN "t"."outcome" <> 'answered'
        THEN NULL
        WHEN "t"."free"
        THEN 0
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN NULL
        WHEN NOT "c"."free"
        AND COALESCE(
          "t"."input_tokens",
          "t"."output_tokens",
          "t"."cache_read_input_tokens",
          "t"."cache_read_audio_input_tokens",
          "t"."cache_read_image_input_tokens",
          "t"."cache_write_input_tokens",
          "t"."cache_write_5m_input_tokens",
          "t"."cache_write_1h_input_tokens",
          "t"."reasoning_output_tokens",
          "t"."input_audio_tokens",
          "t"."output_audio_tokens",
          "t"."input_image_tokens",
          "t"."output_image_tokens",
          "t"."web_search_requests",
          "t"."web_fetch_requests",
          "t"."search_units",
          "t"."tool_calls",
          "t"."audio_seconds",
          "t"."pages"
        ) IS NULL
        THEN NULL
        ELSE "c"."base" + CASE
          WHEN "t"."n_web_search" = 0
          THEN 0
          ELSE "t"."n_web_search" * "c"."q_web_search"
        END + CASE WHEN "t"."n_page" = 0 THEN 0 ELSE "t"."n_page" * "c"."q_page" END + CASE
          WHEN "t"."n_cache_read" = 0
          THEN 0
          ELSE "t"."n_cache_read" * "c"."q_cache_read"
        END + "t"."n_cache_read_audio" * "c"."q_cache_read_audio" + "t"."n_cache_read_image" * "c"."q_cache_read_image" + CASE
          WHEN "t"."n_cache_write_5m" = 0
          THEN 0
          ELSE "t"."n_cache_write_5m" * "c"."q_cache_write_5m"
        END + CASE
          WHEN "t"."n_cache_write_1h" = 0
          THEN 0
          ELSE "t"."n_cache_write_1h" * "c"."q_cache_write_1h"
        END + CASE
          WHEN "t"."n_input_audio" = 0
          THEN 0
          ELSE "t"."n_input_audio" * "c"."q_input_audio"
        END + CASE WHEN "t"."n_input" = 0 THEN 0 ELSE "t"."n_input" * "c"."q_input" END + CASE
          WHEN "t"."n_output_image" = 0
          THEN 0
          ELSE "t"."n_output_image" * "c"."q_output_image"
        END + CASE
          WHEN "t"."reasoned" > 0
          THEN LEAST("t"."reasoned", "t"."n_output") * "c"."q_reasoning" + (
            "t"."n_output" - LEAST("t"."reasoned", "t"."n_output")
          ) * "c"."q_answer"
          ELSE "t"."n_output" * "c"."q_output"
        END + CASE
          WHEN "t"."n_web_search" + "t"."n_page" + "t"."n_cache_read" + "t"."n_cache_read_audio" + "t"."n_cache_read_image" + "t"."n_cache_write_5m" + "t"."n_cache_write_1h" + "t"."n_input_audio" + "t"."n_input" + "t"."n_output_image" + "t"."n_output" > 0
          THEN "c"."q_request"
          ELSE 0
        END
      END AS "paid"
    FROM (
      SELECT
        "u".*,
        COALESCE("h"."slot", 0) AS "slot"
      FROM (
        SELECT
          "u".*,
          "u"."written" - "u"."n_cache_write_1h" AS "n_cache_write_5m",
          LEAST(
            (
              "u"."length" - "u"."n_cache_read" - "u"."written"
            ),
            COALESCE("u"."input_audio_tokens", 0) - "u"."n_cache_read_audio"
          ) AS "n_input_audio",
          (
            (
              "u"."length" - "u"."n_cache_read" - "u"."written"
            ) - LEAST(
              (
                "u"."length" - "u"."n_cache_read" - "u"."written"
              ),
              COALESCE("u"."input_audio_tokens", 0) - "u"."n_cache_read_audio"
            )
          ) AS "n_input",
          LEAST(COALESCE("u"."output_tokens", 0), COALESCE("u"."output_image_tokens", 0)) AS "n_output_image",
          (
            COALESCE("u"."output_tokens", 0) - LEAST(COALESCE("u"."output_tokens", 0), COALESCE("u"."output_image_tokens", 0))
          ) AS "n_output"
        FROM (
          SELECT
            "u".*,
            LEAST(
              (
                CASE
                  WHEN 0 > 0
                  THEN 0
                  ELSE GREATEST(0, "u"."n_cache_read" + COALESCE("u"."input_audio_tokens", 0) + 0 - "u"."length")
                END
              ),
              "u"."n_cache_read",
              COALESCE("u"."input_audio_tokens", 0)
            ) AS "n_cache_read_audio",
            LEAST(
              (
                CASE
                  WHEN COALESCE("u"."input_audio_tokens", 0) > 0
                  THEN 0
                  ELSE GREATEST(0, "u"."n_cache_read" + COALESCE("u"."input_audio_tokens", 0) + 0 - "u"."length")
                END
              ),
              (
                "u"."n_cache_read" - LEAST(
                  (
                    CASE
                      WHEN 0 > 0
                      THEN 0
                      ELSE GREATEST(0, "u"."n_cache_read" + COALESCE("u"."input_audio_tokens", 0) + 0 - "u"."length")
                    END
                  ),
                  "u"."n_cache_read",
                  COALESCE("u"."input_audio_tokens", 0)
                )
              ),
              0
            ) AS "n_cache_read_image"
          FROM (
            SELECT
              "u".*,
              GREATEST(COALESCE("u"."input_tokens", 0), "u"."n_cache_read" + "u"."written") AS "length"
            FROM (
              SELECT
                "u".*,
                COALESCE("u"."cache_read_input_tokens", 0) AS "n_cache_read",
                COALESCE("u"."cache_write_1h_input_tokens", 0) AS "n_cache_write_1h",
                GREATEST(
                  COALESCE("u"."cache_write_input_tokens", 0),
                  COALESCE("u"."cache_write_1h_input_tokens", 0) + COALESCE("u"."cache_write_5m_input_tokens", 0)
                ) AS "written",
                COALESCE("u"."reasoning_output_tokens", 0) AS "reasoned",
                COALESCE("u"."web_search_requests", 0) AS "n_web_search",
                COALESCE("u"."pages", 0) AS "n_page"
              FROM "specbudget_ordinary_t" AS "u"
            ) AS "u"
          ) AS "u"
        ) AS "u"
      ) AS "u"
      LEFT JOIN "hours_t" AS "h"
        ON CASE
          WHEN "u"."provider" IN ('example')
          AND "u"."at" >= CAST('1900-01-01 00:00:00' AS TIMESTAMP)
          AND "u"."at" < CAST('2299-12-31 00:00:00' AS TIMESTAMP)
          THEN "u"."provider"
        END = "h"."provider"
        AND "u"."model" = "h"."model"
        AND CAST("u"."clock" AS DATE) = "h"."day"
        AND "u"."clock" >= "h"."starts"
        AND "u"."clock" < "h"."ends"
    ) AS "t"
    JOIN "catalogue_t" AS "c"
      ON "t"."provider" = "c"."provider"
      AND "t"."model" = "c"."model"
      AND COALESCE("t"."service_tier", '') = "c"."service_tier"
      AND COALESCE("t"."region", '') = "c"."region"
      AND "t"."length" > "c"."longer_than"
      AND "t"."length" <= "c"."up_to"
      AND "t"."at" >= "c"."valid_from"
      AND "t"."at" < "c"."valid_to"
      AND "t"."slot" = "c"."slot"
  ) AS "s"
  WHERE
    "s"."slow" = 0
) AS "x"
GROUP BY
  "x"."spec",
  "x"."stage",
  "x"."provider",
  "x"."model";

-- more than 64 bits hold
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  COALESCE("u"."service_tier", '') AS "c2",
  COALESCE("u"."region", '') AS "c3",
  COUNT(*) AS "c4",
  COUNT(
    COALESCE(
      "u"."input_tokens",
      "u"."output_tokens",
      "u"."cache_read_input_tokens",
      "u"."cache_read_audio_input_tokens",
      "u"."cache_read_image_input_tokens",
      "u"."cache_write_input_tokens",
      "u"."cache_write_5m_input_tokens",
      "u"."cache_write_1h_input_tokens",
      "u"."reasoning_output_tokens",
      "u"."input_audio_tokens",
      "u"."output_audio_tokens",
      "u"."input_image_tokens",
      "u"."output_image_tokens",
      "u"."web_search_requests",
      "u"."web_fetch_requests",
      "u"."search_units",
      "u"."tool_calls",
      "u"."audio_seconds",
      "u"."pages"
    )
  ) AS "c5",
  SUM(
    CASE
      WHEN "u"."part" = 0
      AND NOT COALESCE("u"."operation", '') IN ('retrieve', 'begin_batch')
      THEN 0
      ELSE 1
    END
  ) AS "c6",
  CAST(MIN("u"."at") AS DATE) AS "c7",
  CAST(MAX("u"."at") AS DATE) AS "c8",
  CAST(MIN("u"."clock") AS DATE) AS "c9",
  CAST(MAX("u"."clock") AS DATE) AS "c10",
  MAX("u"."input_tokens") AS "c11",
  MAX("u"."output_tokens") AS "c12",
  MAX("u"."cache_read_input_tokens") AS "c13",
  MAX("u"."cache_read_audio_input_tokens") AS "c14",
  MAX("u"."cache_read_image_input_tokens") AS "c15",
  MAX("u"."cache_write_input_tokens") AS "c16",
  MAX("u"."cache_write_5m_input_tokens") AS "c17",
  MAX("u"."cache_write_1h_input_tokens") AS "c18",
  MAX("u"."reasoning_output_tokens") AS "c19",
  MAX("u"."input_audio_tokens") AS "c20",
  MAX("u"."output_audio_tokens") AS "c21",
  MAX("u"."input_image_tokens") AS "c22",
  MAX("u"."output_image_tokens") AS "c23",
  MAX("u"."web_search_requests") AS "c24",
  MAX("u"."web_fetch_requests") AS "c25",
  MAX("u"."search_units") AS "c26",
  MAX("u"."tool_calls") AS "c27",
  MAX("u"."audio_seconds") AS "c28",
  MAX("u"."pages") AS "c29"
FROM "specbudget_giants_t" AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  COALESCE("u"."service_tier", ''),
  COALESCE("u"."region", '');

-- more than 64 bits hold
SELECT
  "x"."spec" AS "c0",
  "x"."stage" AS "c1",
  "x"."provider" AS "c2",
  "x"."model" AS "c3",
  COUNT(*) AS "c4",
  SUM(
    CASE
      WHEN "x"."part" = 0
      AND NOT COALESCE("x"."operation", '') IN ('retrieve', 'begin_batch')
      THEN 1
      ELSE 0
    END
  ) AS "c5",
  SUM(CASE WHEN "x"."part" = 0 THEN 1 ELSE 0 END) AS "c6",
  COUNT("x"."list_cost") AS "c7",
  SUM(CAST("x"."list_cost" AS DECIMAL(38, 0))) AS "c8",
  COUNT("x"."cost") AS "c9",
  SUM(CAST("x"."cost" AS DECIMAL(38, 0))) AS "c10",
  SUM(CAST("x"."paid" AS DECIMAL(38, 0))) AS "c11",
  SUM("x"."input_tokens") AS "c12",
  SUM("x"."output_tokens") AS "c13",
  NULL AS "c14"
FROM (
  SELECT
    "t".*,
    "c"."cell",
    CASE
      WHEN "t"."outcome" = 'failed'
      THEN 0
      WHEN "t"."outcome" <> 'answered'
      THEN NULL
      WHEN "t"."free"
      THEN 0
      WHEN "t"."usage_state" IN ('none', 'unreadable')
      THEN NULL
      ELSE "c"."base" + "t"."n_input" * "c"."p_input" + "t"."n_output" * "c"."p_output"
    END AS "cost",
    CASE
      WHEN "t"."outcome" = 'failed'
      THEN NULL
      WHEN "t"."outcome" <> 'answered'
      THEN 'answer'
      WHEN "t"."free"
      THEN NULL
      WHEN "t"."usage_state" IN ('none', 'unreadable')
      THEN 'counts'
      WHEN "c"."base" IS NULL
      THEN 'row'
      WHEN NOT "c"."free"
      AND COALESCE(
        "t"."input_tokens",
        "t"."output_tokens",
        "t"."cache_read_input_tokens",
        "t"."cache_read_audio_input_tokens",
        "t"."cache_read_image_input_tokens",
        "t"."cache_write_input_tokens",
        "t"."cache_write_5m_input_tokens",
        "t"."cache_write_1h_input_tokens",
        "t"."reasoning_output_tokens",
        "t"."input_audio_tokens",
        "t"."output_audio_tokens",
        "t"."input_image_tokens",
        "t"."output_image_tokens",
        "t"."web_search_requests",
        "t"."web_fetch_requests",
        "t"."search_units",
        "t"."tool_calls",
        "t"."audio_seconds",
        "t"."pages"
      ) IS NULL
      THEN 'usage'
    END AS "lacks",
    CASE WHEN NOT "c"."base" IS NULL AND (
      "c"."odd"
    ) THEN 1 ELSE 0 END AS "slow",
    CASE
      WHEN "t"."outcome" = 'failed'
      THEN 0
      WHEN "t"."outcome" <> 'answered'
      THEN NULL
      WHEN "t"."free"
      THEN 0
      WHEN "t"."usage_state" IN ('none', 'unreadable')
      THEN NULL
      ELSE "c"."base" + "t"."n_input" * "c"."q_input" + "t"."n_output" * "c"."q_output"
    END AS "paid"
  FROM (
    SELECT
      "u".*,
      "u"."written" - "u"."n_cache_write_1h" AS "n_cache_write_5m",
      (
        "u"."length" - "u"."n_cache_read" - "u"."written"
      ) AS "n_input",
      COALESCE("u"."output_tokens", 0) AS "n_output"
    FROM (
      SELECT
        "u".*,
        GREATEST(COALESCE("u"."input_tokens", 0), "u"."n_cache_read" + "u"."written") AS "length"
      FROM (
        SELECT
          "u".*,
          0 AS "n_cache_read",
          0 AS "n_cache_write_1h",
          GREATEST(0, 0 + 0) AS "written",
          0 AS "reasoned"
        FROM "specbudget_giants_t" AS "u"
      ) AS "u"
    ) AS "u"
  ) AS "t"
  JOIN "catalogue_t" AS "c"
    ON "t"."model" = "c"."model"
    AND COALESCE("t"."service_tier", '') = "c"."service_tier"
    AND COALESCE("t"."region", '') = "c"."region"
    AND "t"."length" > "c"."longer_than"
    AND "t"."length" <= "c"."up_to"
    AND "t"."at" >= "c"."valid_from"
    AND "t"."at" < "c"."valid_to"
) AS "x"
GROUP BY
  "x"."spec",
  "x"."stage",
  "x"."provider",
  "x"."model";

-- more than 64 bits hold
SELECT
  "x"."spec" AS "c0",
  "x"."stage" AS "c1",
  "x"."provider" AS "c2",
  "x"."model" AS "c3",
  "x"."cell" AS "c4",
  "x"."lacks" AS "c5",
  MIN("x"."id") AS "c6",
  MIN("x"."at") AS "c7",
  SUM(CAST("x"."list_cost" AS DECIMAL(38, 0))) AS "c8",
  COUNT(*) AS "c9",
  SUM("x"."input_tokens") AS "c10",
  SUM("x"."output_tokens") AS "c11"
FROM (
  SELECT
    "s".*
  FROM (
    SELECT
      "t".*,
      "c"."cell",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN 0
        WHEN "t"."outcome" <> 'answered'
        THEN NULL
        WHEN "t"."free"
        THEN 0
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN NULL
        ELSE "c"."base" + "t"."n_input" * "c"."p_input" + "t"."n_output" * "c"."p_output"
      END AS "cost",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN NULL
        WHEN "t"."outcome" <> 'answered'
        THEN 'answer'
        WHEN "t"."free"
        THEN NULL
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN 'counts'
        WHEN "c"."base" IS NULL
        THEN 'row'
        WHEN NOT "c"."free"
        AND COALESCE(
          "t"."input_tokens",
          "t"."output_tokens",
          "t"."cache_read_input_tokens",
          "t"."cache_read_audio_input_tokens",
          "t"."cache_read_image_input_tokens",
          "t"."cache_write_input_tokens",
          "t"."cache_write_5m_input_tokens",
          "t"."cache_write_1h_input_tokens",
          "t"."reasoning_output_tokens",
          "t"."input_audio_tokens",
          "t"."output_audio_tokens",
          "t"."input_image_tokens",
          "t"."output_image_tokens",
          "t"."web_search_requests",
          "t"."web_fetch_requests",
          "t"."search_units",
          "t"."tool_calls",
          "t"."audio_seconds",
          "t"."pages"
        ) IS NULL
        THEN 'usage'
      END AS "lacks",
      CASE WHEN NOT "c"."base" IS NULL AND (
        "c"."odd"
      ) THEN 1 ELSE 0 END AS "slow",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN 0
        WHEN "t"."outcome" <> 'answered'
        THEN NULL
        WHEN "t"."free"
        THEN 0
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN NULL
        ELSE "c"."base" + "t"."n_input" * "c"."q_input" + "t"."n_output" * "c"."q_output"
      END AS "paid"
    FROM (
      SELECT
        "u".*,
        "u"."written" - "u"."n_cache_write_1h" AS "n_cache_write_5m",
        (
          "u"."length" - "u"."n_cache_read" - "u"."written"
        ) AS "n_input",
        COALESCE("u"."output_tokens", 0) AS "n_output"
      FROM (
        SELECT
          "u".*,
          GREATEST(COALESCE("u"."input_tokens", 0), "u"."n_cache_read" + "u"."written") AS "length"
        FROM (
          SELECT
            "u".*,
            0 AS "n_cache_read",
            0 AS "n_cache_write_1h",
            GREATEST(0, 0 + 0) AS "written",
            0 AS "reasoned"
          FROM "specbudget_giants_t" AS "u"
        ) AS "u"
      ) AS "u"
    ) AS "t"
    JOIN "catalogue_t" AS "c"
      ON "t"."model" = "c"."model"
      AND COALESCE("t"."service_tier", '') = "c"."service_tier"
      AND COALESCE("t"."region", '') = "c"."region"
      AND "t"."length" > "c"."longer_than"
      AND "t"."length" <= "c"."up_to"
      AND "t"."at" >= "c"."valid_from"
      AND "t"."at" < "c"."valid_to"
    WHERE
      "t"."outcome" <> 'answered'
      AND "t"."outcome" <> 'failed'
      OR NOT "t"."free"
      AND "t"."usage_state" IN ('none', 'unreadable')
    UNION ALL
    SELECT
      "t".*,
      "c"."cell",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN 0
        WHEN "t"."outcome" <> 'answered'
        THEN NULL
        WHEN "t"."free"
        THEN 0
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN NULL
        ELSE "c"."base" + "t"."n_input" * "c"."p_input" + "t"."n_output" * "c"."p_output"
      END AS "cost",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN NULL
        WHEN "t"."outcome" <> 'answered'
        THEN 'answer'
        WHEN "t"."free"
        THEN NULL
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN 'counts'
        WHEN "c"."base" IS NULL
        THEN 'row'
        WHEN NOT "c"."free"
        AND COALESCE(
          "t"."input_tokens",
          "t"."output_tokens",
          "t"."cache_read_input_tokens",
          "t"."cache_read_audio_input_tokens",
          "t"."cache_read_image_input_tokens",
          "t"."cache_write_input_tokens",
          "t"."cache_write_5m_input_tokens",
          "t"."cache_write_1h_input_tokens",
          "t"."reasoning_output_tokens",
          "t"."input_audio_tokens",
          "t"."output_audio_tokens",
          "t"."input_image_tokens",
          "t"."output_image_tokens",
          "t"."web_search_requests",
          "t"."web_fetch_requests",
          "t"."search_units",
          "t"."tool_calls",
          "t"."audio_seconds",
          "t"."pages"
        ) IS NULL
        THEN 'usage'
      END AS "lacks",
      CASE WHEN NOT "c"."base" IS NULL AND (
        "c"."odd"
      ) THEN 1 ELSE 0 END AS "slow",
      CASE
        WHEN "t"."outcome" = 'failed'
        THEN 0
        WHEN "t"."outcome" <> 'answered'
        THEN NULL
        WHEN "t"."free"
        THEN 0
        WHEN "t"."usage_state" IN ('none', 'unreadable')
        THEN NULL
        ELSE "c"."base" + "t"."n_input" * "c"."q_input" + "t"."n_output" * "c"."q_output"
      END AS "paid"
    FROM (
      SELECT
        "u".*,
        "u"."written" - "u"."n_cache_write_1h" AS "n_cache_write_5m",
        (
          "u"."length" - "u"."n_cache_read" - "u"."written"
        ) AS "n_input",
        COALESCE("u"."output_tokens", 0) AS "n_output"
      FROM (
        SELECT
          "u".*,
          GREATEST(COALESCE("u"."input_tokens", 0), "u"."n_cache_read" + "u"."written") AS "length"
        FROM (
          SELECT
            "u".*,
            0 AS "n_cache_read",
            0 AS "n_cache_write_1h",
            GREATEST(0, 0 + 0) AS "written",
            0 AS "reasoned"
          FROM "specbudget_giants_t" AS "u"
        ) AS "u"
      ) AS "u"
    ) AS "t"
    JOIN (
      SELECT
        "k".*
      FROM "catalogue_t" AS "k"
      WHERE
        "k"."doubtful"
    ) AS "c"
      ON "t"."model" = "c"."model"
      AND COALESCE("t"."service_tier", '') = "c"."service_tier"
      AND COALESCE("t"."region", '') = "c"."region"
      AND "t"."length" > "c"."longer_than"
      AND "t"."length" <= "c"."up_to"
      AND "t"."at" >= "c"."valid_from"
      AND "t"."at" < "c"."valid_to"
    WHERE
      NOT (
        "t"."outcome" <> 'answered'
        AND "t"."outcome" <> 'failed'
        OR NOT "t"."free"
        AND "t"."usage_state" IN ('none', 'unreadable')
      )
  ) AS "s"
  WHERE
    NOT "s"."lacks" IS NULL
) AS "x"
GROUP BY
  "x"."spec",
  "x"."stage",
  "x"."provider",
  "x"."model",
  "x"."cell",
  "x"."lacks";

-- whether prices moved
SELECT
  COUNT(*) AS "c0"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    "part" > 0
) AS "u";

-- whether prices moved
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  COALESCE("u"."service_tier", '') AS "c2",
  COALESCE("u"."region", '') AS "c3",
  COUNT(*) AS "c4"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    NOT (
      "id" IN (
        SELECT
          "id"
        FROM "specbudget_ordinary_t"
        WHERE
          "part" > 0
      )
    )
    AND "outcome" = 'answered'
    AND (
      "free" OR NOT "usage_state" IN ('none', 'unreadable')
    )
    AND "list_cost" IS NULL
) AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  COALESCE("u"."service_tier", ''),
  COALESCE("u"."region", '');

-- whether prices moved
SELECT
  "id" AS "c0",
  "part" AS "c1",
  "day" AS "c2",
  "at" AS "c3",
  "clock" AS "c4",
  "run" AS "c5",
  "provider" AS "c6",
  "model" AS "c7",
  "request_model" AS "c8",
  "operation" AS "c9",
  "service_tier" AS "c10",
  "region" AS "c11",
  "spec" AS "c12",
  "command" AS "c13",
  "stage" AS "c14",
  "phase" AS "c15",
  "test" AS "c16",
  "tier" AS "c17",
  "source" AS "c18",
  "outcome" AS "c19",
  "usage_state" AS "c20",
  "free" AS "c21",
  "input_tokens" AS "c22",
  "output_tokens" AS "c23",
  "cache_read_input_tokens" AS "c24",
  "cache_read_audio_input_tokens" AS "c25",
  "cache_read_image_input_tokens" AS "c26",
  "cache_write_input_tokens" AS "c27",
  "cache_write_5m_input_tokens" AS "c28",
  "cache_write_1h_input_tokens" AS "c29",
  "reasoning_output_tokens" AS "c30",
  "input_audio_tokens" AS "c31",
  "output_audio_tokens" AS "c32",
  "input_image_tokens" AS "c33",
  "output_image_tokens" AS "c34",
  "web_search_requests" AS "c35",
  "web_fetch_requests" AS "c36",
  "search_units" AS "c37",
  "tool_calls" AS "c38",
  "audio_seconds" AS "c39",
  "pages" AS "c40",
  "list_cost" AS "c41",
  "billed_cost" AS "c42",
  "price_id" AS "c43",
  "priced_at" AS "c44"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    NOT (
      "id" IN (
        SELECT
          "id"
        FROM "specbudget_ordinary_t"
        WHERE
          "part" > 0
      )
    )
    AND "outcome" = 'answered'
    AND (
      "free" OR NOT "usage_state" IN ('none', 'unreadable')
    )
    AND "list_cost" IS NULL
    AND NOT (
      (
        "provider" = 'discounted' AND "model" = 'tiny'
      )
      OR (
        "provider" = 'example' AND "model" = 'by-the-hour'
      )
      OR (
        "provider" = 'example' AND "model" = 'nobody-sells-this'
      )
      OR (
        "provider" = 'example'
        AND "model" = 'plain'
        AND COALESCE("priced_at", "at") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMP)
      )
      OR (
        "provider" = 'example'
        AND "model" = 'plain-latest'
        AND COALESCE("priced_at", "at") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMP)
      )
      OR (
        "provider" = 'example' AND "model" = 'reasoner'
      )
      OR (
        "provider" = 'gcp.vertex_ai' AND "model" = 'thinker'
      )
      OR (
        "provider" = 'google' AND "model" = 'thinker'
      )
      OR (
        "provider" = 'nobody' AND "model" = 'plain'
      )
      OR (
        "provider" = 'own' AND "model" = 'whatever'
      )
    )
);

-- whether prices moved
SELECT
  "id" AS "c0",
  "part" AS "c1",
  "day" AS "c2",
  "at" AS "c3",
  "clock" AS "c4",
  "run" AS "c5",
  "provider" AS "c6",
  "model" AS "c7",
  "request_model" AS "c8",
  "operation" AS "c9",
  "service_tier" AS "c10",
  "region" AS "c11",
  "spec" AS "c12",
  "command" AS "c13",
  "stage" AS "c14",
  "phase" AS "c15",
  "test" AS "c16",
  "tier" AS "c17",
  "source" AS "c18",
  "outcome" AS "c19",
  "usage_state" AS "c20",
  "free" AS "c21",
  "input_tokens" AS "c22",
  "output_tokens" AS "c23",
  "cache_read_input_tokens" AS "c24",
  "cache_read_audio_input_tokens" AS "c25",
  "cache_read_image_input_tokens" AS "c26",
  "cache_write_input_tokens" AS "c27",
  "cache_write_5m_input_tokens" AS "c28",
  "cache_write_1h_input_tokens" AS "c29",
  "reasoning_output_tokens" AS "c30",
  "input_audio_tokens" AS "c31",
  "output_audio_tokens" AS "c32",
  "input_image_tokens" AS "c33",
  "output_image_tokens" AS "c34",
  "web_search_requests" AS "c35",
  "web_fetch_requests" AS "c36",
  "search_units" AS "c37",
  "tool_calls" AS "c38",
  "audio_seconds" AS "c39",
  "pages" AS "c40",
  "list_cost" AS "c41",
  "billed_cost" AS "c42",
  "price_id" AS "c43",
  "priced_at" AS "c44"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    "id" IN (
      SELECT
        "id"
      FROM "specbudget_ordinary_t"
      WHERE
        "part" > 0
    )
) AS "u"
ORDER BY
  "id",
  "part";

-- whether prices moved
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  "u"."day" AS "c2",
  COUNT(*) AS "c3"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    NOT (
      "id" IN (
        SELECT
          "id"
        FROM "specbudget_ordinary_t"
        WHERE
          "part" > 0
      )
    )
    AND "outcome" <> 'failed'
    AND NOT (
      "outcome" = 'answered'
      AND (
        "free" OR NOT "usage_state" IN ('none', 'unreadable')
      )
    )
    AND NOT "list_cost" IS NULL
    AND "list_cost" > 0
) AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  "u"."day";

-- whether prices moved
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  COALESCE("u"."service_tier", '') AS "c2",
  COALESCE("u"."region", '') AS "c3",
  COUNT(*) AS "c4",
  COUNT(
    COALESCE(
      "u"."input_tokens",
      "u"."output_tokens",
      "u"."cache_read_input_tokens",
      "u"."cache_read_audio_input_tokens",
      "u"."cache_read_image_input_tokens",
      "u"."cache_write_input_tokens",
      "u"."cache_write_5m_input_tokens",
      "u"."cache_write_1h_input_tokens",
      "u"."reasoning_output_tokens",
      "u"."input_audio_tokens",
      "u"."output_audio_tokens",
      "u"."input_image_tokens",
      "u"."output_image_tokens",
      "u"."web_search_requests",
      "u"."web_fetch_requests",
      "u"."search_units",
      "u"."tool_calls",
      "u"."audio_seconds",
      "u"."pages"
    )
  ) AS "c5",
  SUM(
    CASE
      WHEN "u"."part" = 0
      AND NOT COALESCE("u"."operation", '') IN ('retrieve', 'begin_batch')
      THEN 0
      ELSE 1
    END
  ) AS "c6",
  NULL AS "c7",
  NULL AS "c8",
  NULL AS "c9",
  NULL AS "c10",
  MAX("u"."input_tokens") AS "c11",
  MAX("u"."output_tokens") AS "c12",
  MAX("u"."cache_read_input_tokens") AS "c13",
  MAX("u"."cache_read_audio_input_tokens") AS "c14",
  MAX("u"."cache_read_image_input_tokens") AS "c15",
  MAX("u"."cache_write_input_tokens") AS "c16",
  MAX("u"."cache_write_5m_input_tokens") AS "c17",
  MAX("u"."cache_write_1h_input_tokens") AS "c18",
  MAX("u"."reasoning_output_tokens") AS "c19",
  MAX("u"."input_audio_tokens") AS "c20",
  MAX("u"."output_audio_tokens") AS "c21",
  MAX("u"."input_image_tokens") AS "c22",
  MAX("u"."output_image_tokens") AS "c23",
  MAX("u"."web_search_requests") AS "c24",
  MAX("u"."web_fetch_requests") AS "c25",
  MAX("u"."search_units") AS "c26",
  MAX("u"."tool_calls") AS "c27",
  MAX("u"."audio_seconds") AS "c28",
  MAX("u"."pages") AS "c29"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    NOT (
      "id" IN (
        SELECT
          "id"
        FROM "specbudget_ordinary_t"
        WHERE
          "part" > 0
      )
    )
    AND "outcome" = 'answered'
    AND (
      "free" OR NOT "usage_state" IN ('none', 'unreadable')
    )
    AND "list_cost" IS NULL
    AND (
      (
        "provider" = 'discounted' AND "model" = 'tiny'
      )
      OR (
        "provider" = 'example' AND "model" = 'by-the-hour'
      )
      OR (
        "provider" = 'example' AND "model" = 'nobody-sells-this'
      )
      OR (
        "provider" = 'example'
        AND "model" = 'plain'
        AND COALESCE("priced_at", "at") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMP)
      )
      OR (
        "provider" = 'example'
        AND "model" = 'plain-latest'
        AND COALESCE("priced_at", "at") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMP)
      )
      OR (
        "provider" = 'example' AND "model" = 'reasoner'
      )
      OR (
        "provider" = 'gcp.vertex_ai' AND "model" = 'thinker'
      )
      OR (
        "provider" = 'google' AND "model" = 'thinker'
      )
      OR (
        "provider" = 'nobody' AND "model" = 'plain'
      )
      OR (
        "provider" = 'own' AND "model" = 'whatever'
      )
    )
) AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  COALESCE("u"."service_tier", ''),
  COALESCE("u"."region", '');

-- whether prices moved
SELECT
  CAST(MIN("u"."clock") AS DATE) AS "c0",
  CAST(MAX("u"."clock") AS DATE) AS "c1"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    NOT (
      "id" IN (
        SELECT
          "id"
        FROM "specbudget_ordinary_t"
        WHERE
          "part" > 0
      )
    )
    AND "outcome" = 'answered'
    AND (
      "free" OR NOT "usage_state" IN ('none', 'unreadable')
    )
    AND "list_cost" IS NULL
    AND (
      (
        "provider" = 'discounted' AND "model" = 'tiny'
      )
      OR (
        "provider" = 'example' AND "model" = 'by-the-hour'
      )
      OR (
        "provider" = 'example' AND "model" = 'nobody-sells-this'
      )
      OR (
        "provider" = 'example'
        AND "model" = 'plain'
        AND COALESCE("priced_at", "at") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMP)
      )
      OR (
        "provider" = 'example'
        AND "model" = 'plain-latest'
        AND COALESCE("priced_at", "at") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMP)
      )
      OR (
        "provider" = 'example' AND "model" = 'reasoner'
      )
      OR (
        "provider" = 'gcp.vertex_ai' AND "model" = 'thinker'
      )
      OR (
        "provider" = 'google' AND "model" = 'thinker'
      )
      OR (
        "provider" = 'nobody' AND "model" = 'plain'
      )
      OR (
        "provider" = 'own' AND "model" = 'whatever'
      )
    )
) AS "u";

-- whether prices moved
SELECT
  CAST(MIN("u"."clock") AS DATE) AS "c0",
  CAST(MAX("u"."clock") AS DATE) AS "c1"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    NOT (
      "id" IN (
        SELECT
          "id"
        FROM "specbudget_ordinary_t"
        WHERE
          "part" > 0
      )
    )
    AND "outcome" = 'answered'
    AND (
      "free" OR NOT "usage_state" IN ('none', 'unreadable')
    )
    AND NOT "list_cost" IS NULL
) AS "u";

-- whether prices moved
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  COALESCE("u"."service_tier", '') AS "c2",
  COALESCE("u"."region", '') AS "c3",
  MIN("u"."at") AS "c4",
  MAX("u"."at") AS "c5",
  MIN(COALESCE("u"."input_tokens", 0)) AS "c6",
  MAX(COALESCE("u"."input_tokens", 0)) AS "c7",
  MAX("u"."input_tokens") AS "c8",
  MAX("u"."output_tokens") AS "c9",
  MAX("u"."cache_read_input_tokens") AS "c10",
  MAX("u"."cache_read_audio_input_tokens") AS "c11",
  MAX("u"."cache_read_image_input_tokens") AS "c12",
  MAX("u"."cache_write_input_tokens") AS "c13",
  MAX("u"."cache_write_5m_input_tokens") AS "c14",
  MAX("u"."cache_write_1h_input_tokens") AS "c15",
  MAX("u"."reasoning_output_tokens") AS "c16",
  MAX("u"."input_audio_tokens") AS "c17",
  MAX("u"."output_audio_tokens") AS "c18",
  MAX("u"."input_image_tokens") AS "c19",
  MAX("u"."output_image_tokens") AS "c20",
  MAX("u"."web_search_requests") AS "c21",
  MAX("u"."web_fetch_requests") AS "c22",
  MAX("u"."search_units") AS "c23",
  MAX("u"."tool_calls") AS "c24",
  MAX("u"."audio_seconds") AS "c25",
  MAX("u"."pages") AS "c26"
FROM (
  SELECT
    "id",
    "part",
    "day",
    COALESCE("priced_at", "at") AS "at",
    "clock",
    "run",
    "provider",
    "model",
    "request_model",
    "operation",
    "service_tier",
    "region",
    "spec",
    "command",
    "stage",
    "phase",
    "test",
    "tier",
    "source",
    "outcome",
    "usage_state",
    "free",
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_read_audio_input_tokens",
    "cache_read_image_input_tokens",
    "cache_write_input_tokens",
    "cache_write_5m_input_tokens",
    "cache_write_1h_input_tokens",
    "reasoning_output_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "input_image_tokens",
    "output_image_tokens",
    "web_search_requests",
    "web_fetch_requests",
    "search_units",
    "tool_calls",
    "audio_seconds",
    "pages",
    "list_cost",
    "billed_cost",
    "price_id",
    "priced_at"
  FROM (
    SELECT
      *
    FROM "specbudget_ordinary_t"
    WHERE
      NOT (
        "id" IN (
          SELECT
            "id"
          FROM "specbudget_ordinary_t"
          WHERE
            "part" > 0
        )
      )
      AND "outcome" = 'answered'
      AND (
        "free" OR NOT "usage_state" IN ('none', 'unreadable')
      )
      AND NOT "list_cost" IS NULL
  ) AS "d"
) AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  COALESCE("u"."service_tier", ''),
  COALESCE("u"."region", '');

-- whether prices moved
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  COALESCE("u"."service_tier", '') AS "c2",
  COALESCE("u"."region", '') AS "c3",
  MIN("u"."at") AS "c4",
  MAX("u"."at") AS "c5",
  MIN(COALESCE("u"."input_tokens", 0)) AS "c6",
  MAX(COALESCE("u"."input_tokens", 0)) AS "c7",
  MAX("u"."input_tokens") AS "c8",
  MAX("u"."output_tokens") AS "c9",
  MAX("u"."cache_read_input_tokens") AS "c10",
  MAX("u"."cache_read_audio_input_tokens") AS "c11",
  MAX("u"."cache_read_image_input_tokens") AS "c12",
  MAX("u"."cache_write_input_tokens") AS "c13",
  MAX("u"."cache_write_5m_input_tokens") AS "c14",
  MAX("u"."cache_write_1h_input_tokens") AS "c15",
  MAX("u"."reasoning_output_tokens") AS "c16",
  MAX("u"."input_audio_tokens") AS "c17",
  MAX("u"."output_audio_tokens") AS "c18",
  MAX("u"."input_image_tokens") AS "c19",
  MAX("u"."output_image_tokens") AS "c20",
  MAX("u"."web_search_requests") AS "c21",
  MAX("u"."web_fetch_requests") AS "c22",
  MAX("u"."search_units") AS "c23",
  MAX("u"."tool_calls") AS "c24",
  MAX("u"."audio_seconds") AS "c25",
  MAX("u"."pages") AS "c26"
FROM (
  SELECT
    "id",
    "part",
    "day",
    COALESCE("priced_at", "at") AS "at",
    "clock",
    "run",
    "provider",
    "model",
    "request_model",
    "operation",
    "service_tier",
    "region",
    "spec",
    "command",
    "stage",
    "phase",
    "test",
    "tier",
    "source",
    "outcome",
    "usage_state",
    "free",
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_read_audio_input_tokens",
    "cache_read_image_input_tokens",
    "cache_write_input_tokens",
    "cache_write_5m_input_tokens",
    "cache_write_1h_input_tokens",
    "reasoning_output_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "input_image_tokens",
    "output_image_tokens",
    "web_search_requests",
    "web_fetch_requests",
    "search_units",
    "tool_calls",
    "audio_seconds",
    "pages",
    "list_cost",
    "billed_cost",
    "price_id",
    "priced_at"
  FROM (
    SELECT
      *
    FROM "specbudget_ordinary_t"
    WHERE
      NOT (
        "id" IN (
          SELECT
            "id"
          FROM "specbudget_ordinary_t"
          WHERE
            "part" > 0
        )
      )
      AND "outcome" = 'answered'
      AND (
        "free" OR NOT "usage_state" IN ('none', 'unreadable')
      )
      AND "list_cost" IS NULL
      AND (
        (
          "provider" = 'discounted' AND "model" = 'tiny'
        )
        OR (
          "provider" = 'example' AND "model" = 'by-the-hour'
        )
        OR (
          "provider" = 'example' AND "model" = 'nobody-sells-this'
        )
        OR (
          "provider" = 'example'
          AND "model" = 'plain'
          AND COALESCE("priced_at", "at") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMP)
        )
        OR (
          "provider" = 'example'
          AND "model" = 'plain-latest'
          AND COALESCE("priced_at", "at") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMP)
        )
        OR (
          "provider" = 'example' AND "model" = 'reasoner'
        )
        OR (
          "provider" = 'gcp.vertex_ai' AND "model" = 'thinker'
        )
        OR (
          "provider" = 'google' AND "model" = 'thinker'
        )
        OR (
          "provider" = 'nobody' AND "model" = 'plain'
        )
        OR (
          "provider" = 'own' AND "model" = 'whatever'
        )
      )
  ) AS "d"
) AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  COALESCE("u"."service_tier", ''),
  COALESCE("u"."region", '');

-- whether prices moved
SELECT
  MAX("u"."day") AS "c0"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    "outcome" = 'answered'
    AND (
      "free" OR NOT "usage_state" IN ('none', 'unreadable')
    )
) AS "u"
WHERE
  "u"."part" = 0
  AND NOT "u"."input_tokens" IS NULL
  AND NOT "u"."output_tokens" IS NULL;

-- whether prices moved
SELECT
  "w"."stage" AS "c0",
  "w"."seller" AS "c1",
  "w"."model" AS "c2",
  "w"."newer" AS "c3",
  COUNT(*) AS "c4",
  MIN(CASE WHEN 2 * "w"."given_rank" - "w"."calls" IN (0, 1, 2) THEN "w"."given" END) AS "c5",
  MAX(CASE WHEN 2 * "w"."given_rank" - "w"."calls" IN (0, 1, 2) THEN "w"."given" END) AS "c6",
  MIN(CASE WHEN 2 * "w"."made_rank" - "w"."calls" IN (0, 1, 2) THEN "w"."made" END) AS "c7",
  MAX(CASE WHEN 2 * "w"."made_rank" - "w"."calls" IN (0, 1, 2) THEN "w"."made" END) AS "c8"
FROM (
  SELECT
    "w".*,
    ROW_NUMBER() OVER (
      PARTITION BY "w"."stage", "w"."seller", "w"."model", "w"."newer"
      ORDER BY "w"."given"
    ) AS "given_rank",
    ROW_NUMBER() OVER (
      PARTITION BY "w"."stage", "w"."seller", "w"."model", "w"."newer"
      ORDER BY "w"."made"
    ) AS "made_rank",
    COUNT(*) OVER (PARTITION BY "w"."stage", "w"."seller", "w"."model", "w"."newer") AS "calls"
  FROM (
    SELECT
      COALESCE("u"."stage", '') AS "stage",
      CASE "u"."provider"
        WHEN 'aws'
        THEN 'bedrock'
        WHEN 'aws.bedrock'
        THEN 'bedrock'
        WHEN 'aws_bedrock'
        THEN 'bedrock'
        WHEN 'amazon-bedrock'
        THEN 'bedrock'
        WHEN 'azure.ai.inference'
        THEN 'azure'
        WHEN 'azure.ai.openai'
        THEN 'azure'
        WHEN 'az.ai.inference'
        THEN 'azure'
        WHEN 'az.ai.openai'
        THEN 'azure'
        WHEN 'fireworks_ai'
        THEN 'fireworks'
        WHEN 'gcp.gemini'
        THEN 'google'
        WHEN 'gcp.gen_ai'
        THEN 'google'
        WHEN 'gcp.vertex_ai'
        THEN 'google'
        WHEN 'gemini'
        THEN 'google'
        WHEN 'vertex_ai'
        THEN 'google'
        WHEN 'meta-llama'
        THEN 'meta'
        WHEN 'mistral_ai'
        THEN 'mistral'
        WHEN 'mistralai'
        THEN 'mistral'
        WHEN 'moonshot'
        THEN 'moonshotai'
        WHEN 'moonshot_ai'
        THEN 'moonshotai'
        WHEN 'together_ai'
        THEN 'together'
        WHEN 'voyage'
        THEN 'voyageai'
        WHEN 'x-ai'
        THEN 'xai'
        WHEN 'x_ai'
        THEN 'xai'
        WHEN 'z-ai'
        THEN 'zai'
        ELSE "u"."provider"
      END AS "seller",
      "u"."model" AS "model",
      CASE WHEN "u"."day" < CAST('2026-02-02' AS DATE) THEN 0 ELSE 1 END AS "newer",
      "u"."input_tokens" AS "given",
      "u"."output_tokens" AS "made"
    FROM (
      SELECT
        *
      FROM "specbudget_ordinary_t"
      WHERE
        "outcome" = 'answered'
        AND (
          "free" OR NOT "usage_state" IN ('none', 'unreadable')
        )
    ) AS "u"
    WHERE
      "u"."part" = 0
      AND NOT "u"."input_tokens" IS NULL
      AND NOT "u"."output_tokens" IS NULL
      AND "u"."day" >= CAST('2026-01-26' AS DATE)
  ) AS "w"
) AS "w"
GROUP BY
  "w"."stage",
  "w"."seller",
  "w"."model",
  "w"."newer";

-- whether prices moved
SELECT
  COUNT(*) AS "c0"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    NOT (
      "id" IN (
        SELECT
          "id"
        FROM "specbudget_ordinary_t"
        WHERE
          "part" > 0
      )
    )
    AND "outcome" = 'answered'
    AND (
      "free" OR NOT "usage_state" IN ('none', 'unreadable')
    )
    AND NOT "list_cost" IS NULL
    AND "priced_at" IS NULL
    AND "source" = 'replay'
) AS "u";

-- whether prices moved
SELECT
  COUNT(*) AS "c0"
FROM (
  SELECT
    *
  FROM "specbudget_ordinary_t"
  WHERE
    NOT (
      "id" IN (
        SELECT
          "id"
        FROM "specbudget_ordinary_t"
        WHERE
          "part" > 0
      )
    )
    AND "outcome" <> 'failed'
    AND NOT (
      "outcome" = 'answered'
      AND (
        "free" OR NOT "usage_state" IN ('none', 'unreadable')
      )
    )
    AND NOT (
      NOT "list_cost" IS NULL AND "list_cost" > 0
    )
) AS "u";

-- under other terms
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  COALESCE("u"."request_model", '') AS "c2",
  COALESCE("u"."tier", '') AS "c3",
  COALESCE("u"."service_tier", '') AS "c4",
  COALESCE("u"."region", '') AS "c5"
FROM "specbudget_ordinary_t" AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  COALESCE("u"."request_model", ''),
  COALESCE("u"."tier", ''),
  COALESCE("u"."service_tier", ''),
  COALESCE("u"."region", '');

-- under other terms
SELECT
  "u"."provider" AS "c0",
  "u"."model" AS "c1",
  COALESCE("u"."service_tier", '') AS "c2",
  COALESCE("u"."region", '') AS "c3",
  COUNT(*) AS "c4",
  COUNT(
    COALESCE(
      "u"."input_tokens",
      "u"."output_tokens",
      "u"."cache_read_input_tokens",
      "u"."cache_read_audio_input_tokens",
      "u"."cache_read_image_input_tokens",
      "u"."cache_write_input_tokens",
      "u"."cache_write_5m_input_tokens",
      "u"."cache_write_1h_input_tokens",
      "u"."reasoning_output_tokens",
      "u"."input_audio_tokens",
      "u"."output_audio_tokens",
      "u"."input_image_tokens",
      "u"."output_image_tokens",
      "u"."web_search_requests",
      "u"."web_fetch_requests",
      "u"."search_units",
      "u"."tool_calls",
      "u"."audio_seconds",
      "u"."pages"
    )
  ) AS "c5",
  SUM(
    CASE
      WHEN "u"."part" = 0
      AND NOT COALESCE("u"."operation", '') IN ('retrieve', 'begin_batch')
      THEN 0
      ELSE 1
    END
  ) AS "c6",
  CAST(MIN("u"."at") AS DATE) AS "c7",
  CAST(MAX("u"."at") AS DATE) AS "c8",
  CAST(MIN("u"."clock") AS DATE) AS "c9",
  CAST(MAX("u"."clock") AS DATE) AS "c10",
  MAX("u"."input_tokens") AS "c11",
  MAX("u"."output_tokens") AS "c12",
  MAX("u"."cache_read_input_tokens") AS "c13",
  MAX("u"."cache_read_audio_input_tokens") AS "c14",
  MAX("u"."cache_read_image_input_tokens") AS "c15",
  MAX("u"."cache_write_input_tokens") AS "c16",
  MAX("u"."cache_write_5m_input_tokens") AS "c17",
  MAX("u"."cache_write_1h_input_tokens") AS "c18",
  MAX("u"."reasoning_output_tokens") AS "c19",
  MAX("u"."input_audio_tokens") AS "c20",
  MAX("u"."output_audio_tokens") AS "c21",
  MAX("u"."input_image_tokens") AS "c22",
  MAX("u"."output_image_tokens") AS "c23",
  MAX("u"."web_search_requests") AS "c24",
  MAX("u"."web_fetch_requests") AS "c25",
  MAX("u"."search_units") AS "c26",
  MAX("u"."tool_calls") AS "c27",
  MAX("u"."audio_seconds") AS "c28",
  MAX("u"."pages") AS "c29"
FROM (
  SELECT
    "u"."id" AS "id",
    "u"."part" AS "part",
    "u"."day" AS "day",
    "u"."at" AS "at",
    "u"."clock" AS "clock",
    "u"."run" AS "run",
    "u"."provider" AS "provider",
    "u"."model" AS "model",
    "u"."request_model" AS "request_model",
    "u"."operation" AS "operation",
    "u"."service_tier" AS "service_tier",
    "u"."region" AS "region",
    "u"."spec" AS "spec",
    "u"."command" AS "command",
    "u"."stage" AS "stage",
    "u"."phase" AS "phase",
    "k"."class" AS "test",
    "u"."tier" AS "tier",
    "u"."source" AS "source",
    "u"."outcome" AS "outcome",
    "u"."usage_state" AS "usage_state",
    "u"."free" AS "free",
    "u"."input_tokens" AS "input_tokens",
    "u"."output_tokens" AS "output_tokens",
    "u"."cache_read_input_tokens" AS "cache_read_input_tokens",
    "u"."cache_read_audio_input_tokens" AS "cache_read_audio_input_tokens",
    "u"."cache_read_image_input_tokens" AS "cache_read_image_input_tokens",
    "u"."cache_write_input_tokens" AS "cache_write_input_tokens",
    "u"."cache_write_5m_input_tokens" AS "cache_write_5m_input_tokens",
    "u"."cache_write_1h_input_tokens" AS "cache_write_1h_input_tokens",
    "u"."reasoning_output_tokens" AS "reasoning_output_tokens",
    "u"."input_audio_tokens" AS "input_audio_tokens",
    "u"."output_audio_tokens" AS "output_audio_tokens",
    "u"."input_image_tokens" AS "input_image_tokens",
    "u"."output_image_tokens" AS "output_image_tokens",
    "u"."web_search_requests" AS "web_search_requests",
    "u"."web_fetch_requests" AS "web_fetch_requests",
    "u"."search_units" AS "search_units",
    "u"."tool_calls" AS "tool_calls",
    "u"."audio_seconds" AS "audio_seconds",
    "u"."pages" AS "pages",
    "u"."list_cost" AS "list_cost",
    "u"."billed_cost" AS "billed_cost",
    "u"."price_id" AS "price_id",
    "u"."priced_at" AS "priced_at"
  FROM "specbudget_ordinary_t" AS "u"
  JOIN "classes_t" AS "k"
    ON "u"."provider" = "k"."provider"
    AND "u"."model" = "k"."model"
    AND COALESCE("u"."request_model", '') = "k"."request_model"
    AND COALESCE("u"."tier", '') = "k"."tier"
    AND COALESCE("u"."service_tier", '') = "k"."service_tier"
    AND COALESCE("u"."region", '') = "k"."region"
) AS "u"
GROUP BY
  "u"."provider",
  "u"."model",
  COALESCE("u"."service_tier", ''),
  COALESCE("u"."region", '');

-- under other terms
SELECT
  "x"."spec" AS "c0",
  "x"."test" AS "c1",
  "x"."outcome" AS "c2",
  "x"."usage_state" AS "c3",
  SUM(CASE WHEN "x"."part" = 0 THEN 1 ELSE 0 END) AS "c4"
FROM (
  SELECT
    "u"."id" AS "id",
    "u"."part" AS "part",
    "u"."day" AS "day",
    "u"."at" AS "at",
    "u"."clock" AS "clock",
    "u"."run" AS "run",
    "u"."provider" AS "provider",
    "u"."model" AS "model",
    "u"."request_model" AS "request_model",
    "u"."operation" AS "operation",
    "u"."service_tier" AS "service_tier",
    "u"."region" AS "region",
    "u"."spec" AS "spec",
    "u"."command" AS "command",
    "u"."stage" AS "stage",
    "u"."phase" AS "phase",
    "k"."class" AS "test",
    "u"."tier" AS "tier",
    "u"."source" AS "source",
    "u"."outcome" AS "outcome",
    "u"."usage_state" AS "usage_state",
    "u"."free" AS "free",
    "u"."input_tokens" AS "input_tokens",
    "u"."output_tokens" AS "output_tokens",
    "u"."cache_read_input_tokens" AS "cache_read_input_tokens",
    "u"."cache_read_audio_input_tokens" AS "cache_read_audio_input_tokens",
    "u"."cache_read_image_input_tokens" AS "cache_read_image_input_tokens",
    "u"."cache_write_input_tokens" AS "cache_write_input_tokens",
    "u"."cache_write_5m_input_tokens" AS "cache_write_5m_input_tokens",
    "u"."cache_write_1h_input_tokens" AS "cache_write_1h_input_tokens",
    "u"."reasoning_output_tokens" AS "reasoning_output_tokens",
    "u"."input_audio_tokens" AS "input_audio_tokens",
    "u"."output_audio_tokens" AS "output_audio_tokens",
    "u"."input_image_tokens" AS "input_image_tokens",
    "u"."output_image_tokens" AS "output_image_tokens",
    "u"."web_search_requests" AS "web_search_requests",
    "u"."web_fetch_requests" AS "web_fetch_requests",
    "u"."search_units" AS "search_units",
    "u"."tool_calls" AS "tool_calls",
    "u"."audio_seconds" AS "audio_seconds",
    "u"."pages" AS "pages",
    "u"."list_cost" AS "list_cost",
    "u"."billed_cost" AS "billed_cost",
    "u"."price_id" AS "price_id",
    "u"."priced_at" AS "priced_at"
  FROM "specbudget_ordinary_t" AS "u"
  JOIN "classes_t" AS "k"
    ON "u"."provider" = "k"."provider"
    AND "u"."model" = "k"."model"
    AND COALESCE("u"."request_model", '') = "k"."request_model"
    AND COALESCE("u"."tier", '') = "k"."tier"
    AND COALESCE("u"."service_tier", '') = "k"."service_tier"
    AND COALESCE("u"."region", '') = "k"."region"
) AS "x"
GROUP BY
  "x"."spec",
  "x"."test",
  "x"."outcome",
  "x"."usage_state";

-- under other terms
SELECT
  "x"."id" AS "c0",
  "x"."part" AS "c1",
  "x"."day" AS "c2",
  "x"."at" AS "c3",
  "x"."clock" AS "c4",
  "x"."run" AS "c5",
  "x"."provider" AS "c6",
  "x"."model" AS "c7",
  "x"."request_model" AS "c8",
  "x"."operation" AS "c9",
  "x"."service_tier" AS "c10",
  "x"."region" AS "c11",
  "x"."spec" AS "c12",
  "x"."command" AS "c13",
  "x"."stage" AS "c14",
  "x"."phase" AS "c15",
  "x"."test" AS "c16",
  "x"."tier" AS "c17",
  "x"."source" AS "c18",
  "x"."outcome" AS "c19",
  "x"."usage_state" AS "c20",
  "x"."free" AS "c21",
  "x"."input_tokens" AS "c22",
  "x"."output_tokens" AS "c23",
  "x"."cache_read_input_tokens" AS "c24",
  "x"."cache_read_audio_input_tokens" AS "c25",
  "x"."cache_read_image_input_tokens" AS "c26",
  "x"."cache_write_input_tokens" AS "c27",
  "x"."cache_write_5m_input_tokens" AS "c28",
  "x"."cache_write_1h_input_tokens" AS "c29",
  "x"."reasoning_output_tokens" AS "c30",
  "x"."input_audio_tokens" AS "c31",
  "x"."output_audio_tokens" AS "c32",
  "x"."input_image_tokens" AS "c33",
  "x"."output_image_tokens" AS "c34",
  "x"."web_search_requests" AS "c35",
  "x"."web_fetch_requests" AS "c36",
  "x"."search_units" AS "c37",
  "x"."tool_calls" AS "c38",
  "x"."audio_seconds" AS "c39",
  "x"."pages" AS "c40",
  "x"."list_cost" AS "c41",
  "x"."billed_cost" AS "c42",
  "x"."price_id" AS "c43",
  "x"."priced_at" AS "c44"
FROM (
  SELECT
    "u"."id" AS "id",
    "u"."part" AS "part",
    "u"."day" AS "day",
    "u"."at" AS "at",
    "u"."clock" AS "clock",
    "u"."run" AS "run",
    "u"."provider" AS "provider",
    "u"."model" AS "model",
    "u"."request_model" AS "request_model",
    "u"."operation" AS "operation",
    "u"."service_tier" AS "service_tier",
    "u"."region" AS "region",
    "u"."spec" AS "spec",
    "u"."command" AS "command",
    "u"."stage" AS "stage",
    "u"."phase" AS "phase",
    "k"."class" AS "test",
    "u"."tier" AS "tier",
    "u"."source" AS "source",
    "u"."outcome" AS "outcome",
    "u"."usage_state" AS "usage_state",
    "u"."free" AS "free",
    "u"."input_tokens" AS "input_tokens",
    "u"."output_tokens" AS "output_tokens",
    "u"."cache_read_input_tokens" AS "cache_read_input_tokens",
    "u"."cache_read_audio_input_tokens" AS "cache_read_audio_input_tokens",
    "u"."cache_read_image_input_tokens" AS "cache_read_image_input_tokens",
    "u"."cache_write_input_tokens" AS "cache_write_input_tokens",
    "u"."cache_write_5m_input_tokens" AS "cache_write_5m_input_tokens",
    "u"."cache_write_1h_input_tokens" AS "cache_write_1h_input_tokens",
    "u"."reasoning_output_tokens" AS "reasoning_output_tokens",
    "u"."input_audio_tokens" AS "input_audio_tokens",
    "u"."output_audio_tokens" AS "output_audio_tokens",
    "u"."input_image_tokens" AS "input_image_tokens",
    "u"."output_image_tokens" AS "output_image_tokens",
    "u"."web_search_requests" AS "web_search_requests",
    "u"."web_fetch_requests" AS "web_fetch_requests",
    "u"."search_units" AS "search_units",
    "u"."tool_calls" AS "tool_calls",
    "u"."audio_seconds" AS "audio_seconds",
    "u"."pages" AS "pages",
    "u"."list_cost" AS "list_cost",
    "u"."billed_cost" AS "billed_cost",
    "u"."price_id" AS "price_id",
    "u"."priced_at" AS "priced_at"
  FROM "specbudget_ordinary_t" AS "u"
  JOIN "classes_t" AS "k"
    ON "u"."provider" = "k"."provider"
    AND "u"."model" = "k"."model"
    AND COALESCE("u"."request_model", '') = "k"."request_model"
    AND COALESCE("u"."tier", '') = "k"."tier"
    AND COALESCE("u"."service_tier", '') = "k"."service_tier"
    AND COALESCE("u"."region", '') = "k"."region"
) AS "x"
JOIN "slow_t" AS "s"
  ON "x"."test" = "s"."test"
  AND "x"."outcome" = "s"."outcome"
  AND "x"."usage_state" = "s"."usage_state";
