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
  MIN("u"."day") AS "c7",
  MAX("u"."day") AS "c8",
  CAST(MIN("u"."clock") AS DATE) AS "c9",
  CAST(MAX("u"."clock") AS DATE) AS "c10",
  MAX("u"."input_tokens") AS "c11",
  MAX("u"."output_tokens") AS "c12",
  MAX("u"."cache_read_input_tokens") AS "c13",
  MAX("u"."cache_write_input_tokens") AS "c14",
  MAX("u"."cache_write_5m_input_tokens") AS "c15",
  MAX("u"."cache_write_1h_input_tokens") AS "c16",
  MAX("u"."reasoning_output_tokens") AS "c17",
  MAX("u"."input_audio_tokens") AS "c18",
  MAX("u"."output_audio_tokens") AS "c19",
  MAX("u"."input_image_tokens") AS "c20",
  MAX("u"."output_image_tokens") AS "c21",
  MAX("u"."web_search_requests") AS "c22",
  MAX("u"."web_fetch_requests") AS "c23",
  MAX("u"."search_units") AS "c24",
  MAX("u"."audio_seconds") AS "c25",
  MAX("u"."pages") AS "c26"
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
  SUM("x"."output_tokens") AS "c13"
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
        END + CASE
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
          WHEN "t"."n_web_search" + "t"."n_page" + "t"."n_cache_read" + "t"."n_cache_write_5m" + "t"."n_cache_write_1h" + "t"."n_input_audio" + "t"."n_input" + "t"."n_output_image" + "t"."n_output" > 0
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
      CASE WHEN "t"."list_cost" IS NULL THEN 0 ELSE 1 END AS "recorded",
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
        END + CASE
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
          WHEN "t"."n_web_search" + "t"."n_page" + "t"."n_cache_read" + "t"."n_cache_write_5m" + "t"."n_cache_write_1h" + "t"."n_input_audio" + "t"."n_input" + "t"."n_output_image" + "t"."n_output" > 0
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
            COALESCE("u"."input_audio_tokens", 0)
          ) AS "n_input_audio",
          (
            (
              "u"."length" - "u"."n_cache_read" - "u"."written"
            ) - LEAST(
              (
                "u"."length" - "u"."n_cache_read" - "u"."written"
              ),
              COALESCE("u"."input_audio_tokens", 0)
            )
          ) AS "n_input",
          LEAST(COALESCE("u"."output_tokens", 0), COALESCE("u"."output_image_tokens", 0)) AS "n_output_image",
          (
            COALESCE("u"."output_tokens", 0) - LEAST(COALESCE("u"."output_tokens", 0), COALESCE("u"."output_image_tokens", 0))
          ) AS "n_output"
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
  MIN("u"."day") AS "c7",
  MAX("u"."day") AS "c8",
  CAST(MIN("u"."clock") AS DATE) AS "c9",
  CAST(MAX("u"."clock") AS DATE) AS "c10",
  MAX("u"."input_tokens") AS "c11",
  MAX("u"."output_tokens") AS "c12",
  MAX("u"."cache_read_input_tokens") AS "c13",
  MAX("u"."cache_write_input_tokens") AS "c14",
  MAX("u"."cache_write_5m_input_tokens") AS "c15",
  MAX("u"."cache_write_1h_input_tokens") AS "c16",
  MAX("u"."reasoning_output_tokens") AS "c17",
  MAX("u"."input_audio_tokens") AS "c18",
  MAX("u"."output_audio_tokens") AS "c19",
  MAX("u"."input_image_tokens") AS "c20",
  MAX("u"."output_image_tokens") AS "c21",
  MAX("u"."web_search_requests") AS "c22",
  MAX("u"."web_fetch_requests") AS "c23",
  MAX("u"."search_units") AS "c24",
  MAX("u"."audio_seconds") AS "c25",
  MAX("u"."pages") AS "c26"
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
  SUM("x"."output_tokens") AS "c13"
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
        "t"."audio_seconds",
        "t"."pages"
      ) IS NULL
      THEN 'usage'
    END AS "lacks",
    CASE WHEN NOT "c"."base" IS NULL AND (
      "c"."odd"
    ) THEN 1 ELSE 0 END AS "slow",
    CASE WHEN "t"."list_cost" IS NULL THEN 0 ELSE 1 END AS "recorded",
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
          "t"."audio_seconds",
          "t"."pages"
        ) IS NULL
        THEN 'usage'
      END AS "lacks",
      CASE WHEN NOT "c"."base" IS NULL AND (
        "c"."odd"
      ) THEN 1 ELSE 0 END AS "slow",
      CASE WHEN "t"."list_cost" IS NULL THEN 0 ELSE 1 END AS "recorded",
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
          "t"."audio_seconds",
          "t"."pages"
        ) IS NULL
        THEN 'usage'
      END AS "lacks",
      CASE WHEN NOT "c"."base" IS NULL AND (
        "c"."odd"
      ) THEN 1 ELSE 0 END AS "slow",
      CASE WHEN "t"."list_cost" IS NULL THEN 0 ELSE 1 END AS "recorded",
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
