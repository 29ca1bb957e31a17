-- each record at its own time
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  COALESCE("U"."SERVICE_TIER", '') AS "C2",
  COALESCE("U"."REGION", '') AS "C3",
  COUNT(*) AS "C4",
  COUNT(
    COALESCE(
      "U"."INPUT_TOKENS",
      "U"."OUTPUT_TOKENS",
      "U"."CACHE_READ_INPUT_TOKENS",
      "U"."CACHE_READ_AUDIO_INPUT_TOKENS",
      "U"."CACHE_READ_IMAGE_INPUT_TOKENS",
      "U"."CACHE_WRITE_INPUT_TOKENS",
      "U"."CACHE_WRITE_5M_INPUT_TOKENS",
      "U"."CACHE_WRITE_1H_INPUT_TOKENS",
      "U"."REASONING_OUTPUT_TOKENS",
      "U"."INPUT_AUDIO_TOKENS",
      "U"."OUTPUT_AUDIO_TOKENS",
      "U"."INPUT_IMAGE_TOKENS",
      "U"."OUTPUT_IMAGE_TOKENS",
      "U"."WEB_SEARCH_REQUESTS",
      "U"."WEB_FETCH_REQUESTS",
      "U"."SEARCH_UNITS",
      "U"."TOOL_CALLS",
      "U"."AUDIO_SECONDS",
      "U"."PAGES"
    )
  ) AS "C5",
  SUM(
    CASE
      WHEN "U"."PART" = 0
      AND NOT COALESCE("U"."OPERATION", '') IN ('retrieve', 'begin_batch')
      THEN 0
      ELSE 1
    END
  ) AS "C6",
  CAST(MIN("U"."AT") AS DATE) AS "C7",
  CAST(MAX("U"."AT") AS DATE) AS "C8",
  CAST(MIN("U"."CLOCK") AS DATE) AS "C9",
  CAST(MAX("U"."CLOCK") AS DATE) AS "C10",
  MAX("U"."INPUT_TOKENS") AS "C11",
  MAX("U"."OUTPUT_TOKENS") AS "C12",
  MAX("U"."CACHE_READ_INPUT_TOKENS") AS "C13",
  MAX("U"."CACHE_READ_AUDIO_INPUT_TOKENS") AS "C14",
  MAX("U"."CACHE_READ_IMAGE_INPUT_TOKENS") AS "C15",
  MAX("U"."CACHE_WRITE_INPUT_TOKENS") AS "C16",
  MAX("U"."CACHE_WRITE_5M_INPUT_TOKENS") AS "C17",
  MAX("U"."CACHE_WRITE_1H_INPUT_TOKENS") AS "C18",
  MAX("U"."REASONING_OUTPUT_TOKENS") AS "C19",
  MAX("U"."INPUT_AUDIO_TOKENS") AS "C20",
  MAX("U"."OUTPUT_AUDIO_TOKENS") AS "C21",
  MAX("U"."INPUT_IMAGE_TOKENS") AS "C22",
  MAX("U"."OUTPUT_IMAGE_TOKENS") AS "C23",
  MAX("U"."WEB_SEARCH_REQUESTS") AS "C24",
  MAX("U"."WEB_FETCH_REQUESTS") AS "C25",
  MAX("U"."SEARCH_UNITS") AS "C26",
  MAX("U"."TOOL_CALLS") AS "C27",
  MAX("U"."AUDIO_SECONDS") AS "C28",
  MAX("U"."PAGES") AS "C29"
FROM "SPECBUDGET_ORDINARY_T" AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  COALESCE("U"."SERVICE_TIER", ''),
  COALESCE("U"."REGION", '');

-- each record at its own time
SELECT
  "X"."SPEC" AS "C0",
  "X"."STAGE" AS "C1",
  "X"."PROVIDER" AS "C2",
  "X"."MODEL" AS "C3",
  COUNT(*) AS "C4",
  SUM(
    CASE
      WHEN "X"."PART" = 0
      AND NOT COALESCE("X"."OPERATION", '') IN ('retrieve', 'begin_batch')
      THEN 1
      ELSE 0
    END
  ) AS "C5",
  SUM(CASE WHEN "X"."PART" = 0 THEN 1 ELSE 0 END) AS "C6",
  COUNT("X"."LIST_COST") AS "C7",
  SUM(CAST("X"."LIST_COST" AS DECIMAL(38, 0))) AS "C8",
  COUNT("X"."COST") AS "C9",
  SUM(CAST("X"."COST" AS DECIMAL(38, 0))) AS "C10",
  SUM(CAST("X"."PAID" AS DECIMAL(38, 0))) AS "C11",
  SUM("X"."INPUT_TOKENS") AS "C12",
  SUM("X"."OUTPUT_TOKENS") AS "C13",
  NULL AS "C14"
FROM (
  SELECT
    "S".*
  FROM (
    SELECT
      "T".*,
      "C"."CELL",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN 0
        WHEN "T"."OUTCOME" <> 'answered'
        THEN NULL
        WHEN "T"."FREE"
        THEN 0
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN NULL
        WHEN NOT "C"."FREE"
        AND COALESCE(
          "T"."INPUT_TOKENS",
          "T"."OUTPUT_TOKENS",
          "T"."CACHE_READ_INPUT_TOKENS",
          "T"."CACHE_READ_AUDIO_INPUT_TOKENS",
          "T"."CACHE_READ_IMAGE_INPUT_TOKENS",
          "T"."CACHE_WRITE_INPUT_TOKENS",
          "T"."CACHE_WRITE_5M_INPUT_TOKENS",
          "T"."CACHE_WRITE_1H_INPUT_TOKENS",
          "T"."REASONING_OUTPUT_TOKENS",
          "T"."INPUT_AUDIO_TOKENS",
          "T"."OUTPUT_AUDIO_TOKENS",
          "T"."INPUT_IMAGE_TOKENS",
          "T"."OUTPUT_IMAGE_TOKENS",
          "T"."WEB_SEARCH_REQUESTS",
          "T"."WEB_FETCH_REQUESTS",
          "T"."SEARCH_UNITS",
          "T"."TOOL_CALLS",
          "T"."AUDIO_SECONDS",
          "T"."PAGES"
        ) IS NULL
        THEN NULL
        ELSE "C"."BASE" + CASE
          WHEN "T"."N_WEB_SEARCH" = 0
          THEN 0
          ELSE "T"."N_WEB_SEARCH" * "C"."P_WEB_SEARCH"
        END + CASE WHEN "T"."N_PAGE" = 0 THEN 0 ELSE "T"."N_PAGE" * "C"."P_PAGE" END + CASE
          WHEN "T"."N_CACHE_READ" = 0
          THEN 0
          ELSE "T"."N_CACHE_READ" * "C"."P_CACHE_READ"
        END + "T"."N_CACHE_READ_AUDIO" * "C"."P_CACHE_READ_AUDIO" + "T"."N_CACHE_READ_IMAGE" * "C"."P_CACHE_READ_IMAGE" + CASE
          WHEN "T"."N_CACHE_WRITE_5M" = 0
          THEN 0
          ELSE "T"."N_CACHE_WRITE_5M" * "C"."P_CACHE_WRITE_5M"
        END + CASE
          WHEN "T"."N_CACHE_WRITE_1H" = 0
          THEN 0
          ELSE "T"."N_CACHE_WRITE_1H" * "C"."P_CACHE_WRITE_1H"
        END + CASE
          WHEN "T"."N_INPUT_AUDIO" = 0
          THEN 0
          ELSE "T"."N_INPUT_AUDIO" * "C"."P_INPUT_AUDIO"
        END + CASE WHEN "T"."N_INPUT" = 0 THEN 0 ELSE "T"."N_INPUT" * "C"."P_INPUT" END + CASE
          WHEN "T"."N_OUTPUT_IMAGE" = 0
          THEN 0
          ELSE "T"."N_OUTPUT_IMAGE" * "C"."P_OUTPUT_IMAGE"
        END + CASE
          WHEN "T"."REASONED" > 0
          THEN LEAST_IGNORE_NULLS("T"."REASONED", "T"."N_OUTPUT") * "C"."P_REASONING" + (
            "T"."N_OUTPUT" - LEAST_IGNORE_NULLS("T"."REASONED", "T"."N_OUTPUT")
          ) * "C"."P_ANSWER"
          ELSE "T"."N_OUTPUT" * "C"."P_OUTPUT"
        END + CASE
          WHEN "T"."N_WEB_SEARCH" + "T"."N_PAGE" + "T"."N_CACHE_READ" + "T"."N_CACHE_READ_AUDIO" + "T"."N_CACHE_READ_IMAGE" + "T"."N_CACHE_WRITE_5M" + "T"."N_CACHE_WRITE_1H" + "T"."N_INPUT_AUDIO" + "T"."N_INPUT" + "T"."N_OUTPUT_IMAGE" + "T"."N_OUTPUT" > 0
          THEN "C"."P_REQUEST"
          ELSE 0
        END
      END AS "COST",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN NULL
        WHEN "T"."OUTCOME" <> 'answered'
        THEN 'answer'
        WHEN "T"."FREE"
        THEN NULL
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN 'counts'
        WHEN "C"."BASE" IS NULL
        THEN 'row'
        WHEN NOT "C"."FREE"
        AND COALESCE(
          "T"."INPUT_TOKENS",
          "T"."OUTPUT_TOKENS",
          "T"."CACHE_READ_INPUT_TOKENS",
          "T"."CACHE_READ_AUDIO_INPUT_TOKENS",
          "T"."CACHE_READ_IMAGE_INPUT_TOKENS",
          "T"."CACHE_WRITE_INPUT_TOKENS",
          "T"."CACHE_WRITE_5M_INPUT_TOKENS",
          "T"."CACHE_WRITE_1H_INPUT_TOKENS",
          "T"."REASONING_OUTPUT_TOKENS",
          "T"."INPUT_AUDIO_TOKENS",
          "T"."OUTPUT_AUDIO_TOKENS",
          "T"."INPUT_IMAGE_TOKENS",
          "T"."OUTPUT_IMAGE_TOKENS",
          "T"."WEB_SEARCH_REQUESTS",
          "T"."WEB_FETCH_REQUESTS",
          "T"."SEARCH_UNITS",
          "T"."TOOL_CALLS",
          "T"."AUDIO_SECONDS",
          "T"."PAGES"
        ) IS NULL
        THEN 'usage'
        WHEN "T"."N_WEB_SEARCH" > 0 AND "C"."P_WEB_SEARCH" IS NULL
        THEN 'web_search'
        WHEN "T"."N_PAGE" > 0 AND "C"."P_PAGE" IS NULL
        THEN 'page'
        WHEN "T"."N_CACHE_READ" > 0 AND "C"."P_CACHE_READ" IS NULL
        THEN 'cache_read'
        WHEN "T"."N_CACHE_WRITE_5M" > 0 AND "C"."P_CACHE_WRITE_5M" IS NULL
        THEN 'cache_write_5m'
        WHEN "T"."N_CACHE_WRITE_1H" > 0 AND "C"."P_CACHE_WRITE_1H" IS NULL
        THEN 'cache_write_1h'
        WHEN "T"."N_INPUT_AUDIO" > 0 AND "C"."P_INPUT_AUDIO" IS NULL
        THEN 'input_audio'
        WHEN "T"."N_INPUT" > 0 AND "C"."P_INPUT" IS NULL
        THEN 'input'
        WHEN "T"."N_OUTPUT_IMAGE" > 0 AND "C"."P_OUTPUT_IMAGE" IS NULL
        THEN 'output_image'
      END AS "LACKS",
      CASE
        WHEN NOT "C"."BASE" IS NULL
        AND (
          "C"."ODD" OR COALESCE("T"."AUDIO_SECONDS", 0) > 0
        )
        THEN 1
        ELSE 0
      END AS "SLOW",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN 0
        WHEN "T"."OUTCOME" <> 'answered'
        THEN NULL
        WHEN "T"."FREE"
        THEN 0
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN NULL
        WHEN NOT "C"."FREE"
        AND COALESCE(
          "T"."INPUT_TOKENS",
          "T"."OUTPUT_TOKENS",
          "T"."CACHE_READ_INPUT_TOKENS",
          "T"."CACHE_READ_AUDIO_INPUT_TOKENS",
          "T"."CACHE_READ_IMAGE_INPUT_TOKENS",
          "T"."CACHE_WRITE_INPUT_TOKENS",
          "T"."CACHE_WRITE_5M_INPUT_TOKENS",
          "T"."CACHE_WRITE_1H_INPUT_TOKENS",
          "T"."REASONING_OUTPUT_TOKENS",
          "T"."INPUT_AUDIO_TOKENS",
          "T"."OUTPUT_AUDIO_TOKENS",
          "T"."INPUT_IMAGE_TOKENS",
          "T"."OUTPUT_IMAGE_TOKENS",
          "T"."WEB_SEARCH_REQUESTS",
          "T"."WEB_FETCH_REQUESTS",
          "T"."SEARCH_UNITS",
          "T"."TOOL_CALLS",
          "T"."AUDIO_SECONDS",
          "T"."PAGES"
        ) IS NULL
        THEN NULL
        ELSE "C"."BASE" + CASE
          WHEN "T"."N_WEB_SEARCH" = 0
          THEN 0
          ELSE "T"."N_WEB_SEARCH" * "C"."Q_WEB_SEARCH"
        END + CASE WHEN "T"."N_PAGE" = 0 THEN 0 ELSE "T"."N_PAGE" * "C"."Q_PAGE" END + CASE
          WHEN "T"."N_CACHE_READ" = 0
          THEN 0
          ELSE "T"."N_CACHE_READ" * "C"."Q_CACHE_READ"
        END + "T"."N_CACHE_READ_AUDIO" * "C"."Q_CACHE_READ_AUDIO" + "T"."N_CACHE_READ_IMAGE" * "C"."Q_CACHE_READ_IMAGE" + CASE
          WHEN "T"."N_CACHE_WRITE_5M" = 0
          THEN 0
          ELSE "T"."N_CACHE_WRITE_5M" * "C"."Q_CACHE_WRITE_5M"
        END + CASE
          WHEN "T"."N_CACHE_WRITE_1H" = 0
          THEN 0
          ELSE "T"."N_CACHE_WRITE_1H" * "C"."Q_CACHE_WRITE_1H"
        END + CASE
          WHEN "T"."N_INPUT_AUDIO" = 0
          THEN 0
          ELSE "T"."N_INPUT_AUDIO" * "C"."Q_INPUT_AUDIO"
        END + CASE WHEN "T"."N_INPUT" = 0 THEN 0 ELSE "T"."N_INPUT" * "C"."Q_INPUT" END + CASE
          WHEN "T"."N_OUTPUT_IMAGE" = 0
          THEN 0
          ELSE "T"."N_OUTPUT_IMAGE" * "C"."Q_OUTPUT_IMAGE"
        END + CASE
          WHEN "T"."REASONED" > 0
          THEN LEAST_IGNORE_NULLS("T"."REASONED", "T"."N_OUTPUT") * "C"."Q_REASONING" + (
            "T"."N_OUTPUT" - LEAST_IGNORE_NULLS("T"."REASONED", "T"."N_OUTPUT")
          ) * "C"."Q_ANSWER"
          ELSE "T"."N_OUTPUT" * "C"."Q_OUTPUT"
        END + CASE
          WHEN "T"."N_WEB_SEARCH" + "T"."N_PAGE" + "T"."N_CACHE_READ" + "T"."N_CACHE_READ_AUDIO" + "T"."N_CACHE_READ_IMAGE" + "T"."N_CACHE_WRITE_5M" + "T"."N_CACHE_WRITE_1H" + "T"."N_INPUT_AUDIO" + "T"."N_INPUT" + "T"."N_OUTPUT_IMAGE" + "T"."N_OUTPUT" > 0
          THEN "C"."Q_REQUEST"
          ELSE 0
        END
      END AS "PAID"
    FROM (
      SELECT
        "U".*,
        COALESCE("H"."SLOT", 0) AS "SLOT"
      FROM (
        SELECT
          "U".*,
          "U"."WRITTEN" - "U"."N_CACHE_WRITE_1H" AS "N_CACHE_WRITE_5M",
          LEAST_IGNORE_NULLS(
            (
              "U"."LENGTH" - "U"."N_CACHE_READ" - "U"."WRITTEN"
            ),
            COALESCE("U"."INPUT_AUDIO_TOKENS", 0) - "U"."N_CACHE_READ_AUDIO"
          ) AS "N_INPUT_AUDIO",
          (
            (
              "U"."LENGTH" - "U"."N_CACHE_READ" - "U"."WRITTEN"
            ) - LEAST_IGNORE_NULLS(
              (
                "U"."LENGTH" - "U"."N_CACHE_READ" - "U"."WRITTEN"
              ),
              COALESCE("U"."INPUT_AUDIO_TOKENS", 0) - "U"."N_CACHE_READ_AUDIO"
            )
          ) AS "N_INPUT",
          LEAST_IGNORE_NULLS(COALESCE("U"."OUTPUT_TOKENS", 0), COALESCE("U"."OUTPUT_IMAGE_TOKENS", 0)) AS "N_OUTPUT_IMAGE",
          (
            COALESCE("U"."OUTPUT_TOKENS", 0) - LEAST_IGNORE_NULLS(COALESCE("U"."OUTPUT_TOKENS", 0), COALESCE("U"."OUTPUT_IMAGE_TOKENS", 0))
          ) AS "N_OUTPUT"
        FROM (
          SELECT
            "U".*,
            LEAST_IGNORE_NULLS(
              (
                CASE
                  WHEN 0 > 0
                  THEN 0
                  ELSE GREATEST_IGNORE_NULLS(0, "U"."N_CACHE_READ" + COALESCE("U"."INPUT_AUDIO_TOKENS", 0) + 0 - "U"."LENGTH")
                END
              ),
              "U"."N_CACHE_READ",
              COALESCE("U"."INPUT_AUDIO_TOKENS", 0)
            ) AS "N_CACHE_READ_AUDIO",
            LEAST_IGNORE_NULLS(
              (
                CASE
                  WHEN COALESCE("U"."INPUT_AUDIO_TOKENS", 0) > 0
                  THEN 0
                  ELSE GREATEST_IGNORE_NULLS(0, "U"."N_CACHE_READ" + COALESCE("U"."INPUT_AUDIO_TOKENS", 0) + 0 - "U"."LENGTH")
                END
              ),
              (
                "U"."N_CACHE_READ" - LEAST_IGNORE_NULLS(
                  (
                    CASE
                      WHEN 0 > 0
                      THEN 0
                      ELSE GREATEST_IGNORE_NULLS(0, "U"."N_CACHE_READ" + COALESCE("U"."INPUT_AUDIO_TOKENS", 0) + 0 - "U"."LENGTH")
                    END
                  ),
                  "U"."N_CACHE_READ",
                  COALESCE("U"."INPUT_AUDIO_TOKENS", 0)
                )
              ),
              0
            ) AS "N_CACHE_READ_IMAGE"
          FROM (
            SELECT
              "U".*,
              GREATEST_IGNORE_NULLS(COALESCE("U"."INPUT_TOKENS", 0), "U"."N_CACHE_READ" + "U"."WRITTEN") AS "LENGTH"
            FROM (
              SELECT
                "U".*,
                COALESCE("U"."CACHE_READ_INPUT_TOKENS", 0) AS "N_CACHE_READ",
                COALESCE("U"."CACHE_WRITE_1H_INPUT_TOKENS", 0) AS "N_CACHE_WRITE_1H",
                GREATEST_IGNORE_NULLS(
                  COALESCE("U"."CACHE_WRITE_INPUT_TOKENS", 0),
                  COALESCE("U"."CACHE_WRITE_1H_INPUT_TOKENS", 0) + COALESCE("U"."CACHE_WRITE_5M_INPUT_TOKENS", 0)
                ) AS "WRITTEN",
                COALESCE("U"."REASONING_OUTPUT_TOKENS", 0) AS "REASONED",
                COALESCE("U"."WEB_SEARCH_REQUESTS", 0) AS "N_WEB_SEARCH",
                COALESCE("U"."PAGES", 0) AS "N_PAGE"
              FROM "SPECBUDGET_ORDINARY_T" AS "U"
            ) AS "U"
          ) AS "U"
        ) AS "U"
      ) AS "U"
      LEFT JOIN "HOURS_T" AS "H"
        ON CASE
          WHEN "U"."PROVIDER" IN ('example')
          AND "U"."AT" >= CAST('1900-01-01 00:00:00' AS TIMESTAMPNTZ)
          AND "U"."AT" < CAST('2299-12-31 00:00:00' AS TIMESTAMPNTZ)
          THEN "U"."PROVIDER"
        END = "H"."PROVIDER"
        AND "U"."MODEL" = "H"."MODEL"
        AND CAST("U"."CLOCK" AS DATE) = "H"."DAY"
        AND "U"."CLOCK" >= "H"."STARTS"
        AND "U"."CLOCK" < "H"."ENDS"
    ) AS "T"
    JOIN "CATALOGUE_T" AS "C"
      ON "T"."PROVIDER" = "C"."PROVIDER"
      AND "T"."MODEL" = "C"."MODEL"
      AND COALESCE("T"."SERVICE_TIER", '') = "C"."SERVICE_TIER"
      AND COALESCE("T"."REGION", '') = "C"."REGION"
      AND "T"."LENGTH" > "C"."LONGER_THAN"
      AND "T"."LENGTH" <= "C"."UP_TO"
      AND "T"."AT" >= "C"."VALID_FROM"
      AND "T"."AT" < "C"."VALID_TO"
      AND "T"."SLOT" = "C"."SLOT"
  ) AS "S"
  WHERE
    "S"."SLOW" = 0
) AS "X"
GROUP BY
  "X"."SPEC",
  "X"."STAGE",
  "X"."PROVIDER",
  "X"."MODEL";

-- more than 64 bits hold
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  COALESCE("U"."SERVICE_TIER", '') AS "C2",
  COALESCE("U"."REGION", '') AS "C3",
  COUNT(*) AS "C4",
  COUNT(
    COALESCE(
      "U"."INPUT_TOKENS",
      "U"."OUTPUT_TOKENS",
      "U"."CACHE_READ_INPUT_TOKENS",
      "U"."CACHE_READ_AUDIO_INPUT_TOKENS",
      "U"."CACHE_READ_IMAGE_INPUT_TOKENS",
      "U"."CACHE_WRITE_INPUT_TOKENS",
      "U"."CACHE_WRITE_5M_INPUT_TOKENS",
      "U"."CACHE_WRITE_1H_INPUT_TOKENS",
      "U"."REASONING_OUTPUT_TOKENS",
      "U"."INPUT_AUDIO_TOKENS",
      "U"."OUTPUT_AUDIO_TOKENS",
      "U"."INPUT_IMAGE_TOKENS",
      "U"."OUTPUT_IMAGE_TOKENS",
      "U"."WEB_SEARCH_REQUESTS",
      "U"."WEB_FETCH_REQUESTS",
      "U"."SEARCH_UNITS",
      "U"."TOOL_CALLS",
      "U"."AUDIO_SECONDS",
      "U"."PAGES"
    )
  ) AS "C5",
  SUM(
    CASE
      WHEN "U"."PART" = 0
      AND NOT COALESCE("U"."OPERATION", '') IN ('retrieve', 'begin_batch')
      THEN 0
      ELSE 1
    END
  ) AS "C6",
  CAST(MIN("U"."AT") AS DATE) AS "C7",
  CAST(MAX("U"."AT") AS DATE) AS "C8",
  CAST(MIN("U"."CLOCK") AS DATE) AS "C9",
  CAST(MAX("U"."CLOCK") AS DATE) AS "C10",
  MAX("U"."INPUT_TOKENS") AS "C11",
  MAX("U"."OUTPUT_TOKENS") AS "C12",
  MAX("U"."CACHE_READ_INPUT_TOKENS") AS "C13",
  MAX("U"."CACHE_READ_AUDIO_INPUT_TOKENS") AS "C14",
  MAX("U"."CACHE_READ_IMAGE_INPUT_TOKENS") AS "C15",
  MAX("U"."CACHE_WRITE_INPUT_TOKENS") AS "C16",
  MAX("U"."CACHE_WRITE_5M_INPUT_TOKENS") AS "C17",
  MAX("U"."CACHE_WRITE_1H_INPUT_TOKENS") AS "C18",
  MAX("U"."REASONING_OUTPUT_TOKENS") AS "C19",
  MAX("U"."INPUT_AUDIO_TOKENS") AS "C20",
  MAX("U"."OUTPUT_AUDIO_TOKENS") AS "C21",
  MAX("U"."INPUT_IMAGE_TOKENS") AS "C22",
  MAX("U"."OUTPUT_IMAGE_TOKENS") AS "C23",
  MAX("U"."WEB_SEARCH_REQUESTS") AS "C24",
  MAX("U"."WEB_FETCH_REQUESTS") AS "C25",
  MAX("U"."SEARCH_UNITS") AS "C26",
  MAX("U"."TOOL_CALLS") AS "C27",
  MAX("U"."AUDIO_SECONDS") AS "C28",
  MAX("U"."PAGES") AS "C29"
FROM "SPECBUDGET_GIANTS_T" AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  COALESCE("U"."SERVICE_TIER", ''),
  COALESCE("U"."REGION", '');

-- more than 64 bits hold
SELECT
  "X"."SPEC" AS "C0",
  "X"."STAGE" AS "C1",
  "X"."PROVIDER" AS "C2",
  "X"."MODEL" AS "C3",
  COUNT(*) AS "C4",
  SUM(
    CASE
      WHEN "X"."PART" = 0
      AND NOT COALESCE("X"."OPERATION", '') IN ('retrieve', 'begin_batch')
      THEN 1
      ELSE 0
    END
  ) AS "C5",
  SUM(CASE WHEN "X"."PART" = 0 THEN 1 ELSE 0 END) AS "C6",
  COUNT("X"."LIST_COST") AS "C7",
  SUM(CAST("X"."LIST_COST" AS DECIMAL(38, 0))) AS "C8",
  COUNT("X"."COST") AS "C9",
  SUM(CAST("X"."COST" AS DECIMAL(38, 0))) AS "C10",
  SUM(CAST("X"."PAID" AS DECIMAL(38, 0))) AS "C11",
  SUM("X"."INPUT_TOKENS") AS "C12",
  SUM("X"."OUTPUT_TOKENS") AS "C13",
  NULL AS "C14"
FROM (
  SELECT
    "T".*,
    "C"."CELL",
    CASE
      WHEN "T"."OUTCOME" = 'failed'
      THEN 0
      WHEN "T"."OUTCOME" <> 'answered'
      THEN NULL
      WHEN "T"."FREE"
      THEN 0
      WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
      THEN NULL
      ELSE "C"."BASE" + "T"."N_INPUT" * "C"."P_INPUT" + "T"."N_OUTPUT" * "C"."P_OUTPUT"
    END AS "COST",
    CASE
      WHEN "T"."OUTCOME" = 'failed'
      THEN NULL
      WHEN "T"."OUTCOME" <> 'answered'
      THEN 'answer'
      WHEN "T"."FREE"
      THEN NULL
      WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
      THEN 'counts'
      WHEN "C"."BASE" IS NULL
      THEN 'row'
      WHEN NOT "C"."FREE"
      AND COALESCE(
        "T"."INPUT_TOKENS",
        "T"."OUTPUT_TOKENS",
        "T"."CACHE_READ_INPUT_TOKENS",
        "T"."CACHE_READ_AUDIO_INPUT_TOKENS",
        "T"."CACHE_READ_IMAGE_INPUT_TOKENS",
        "T"."CACHE_WRITE_INPUT_TOKENS",
        "T"."CACHE_WRITE_5M_INPUT_TOKENS",
        "T"."CACHE_WRITE_1H_INPUT_TOKENS",
        "T"."REASONING_OUTPUT_TOKENS",
        "T"."INPUT_AUDIO_TOKENS",
        "T"."OUTPUT_AUDIO_TOKENS",
        "T"."INPUT_IMAGE_TOKENS",
        "T"."OUTPUT_IMAGE_TOKENS",
        "T"."WEB_SEARCH_REQUESTS",
        "T"."WEB_FETCH_REQUESTS",
        "T"."SEARCH_UNITS",
        "T"."TOOL_CALLS",
        "T"."AUDIO_SECONDS",
        "T"."PAGES"
      ) IS NULL
      THEN 'usage'
    END AS "LACKS",
    CASE WHEN NOT "C"."BASE" IS NULL AND (
      "C"."ODD"
    ) THEN 1 ELSE 0 END AS "SLOW",
    CASE
      WHEN "T"."OUTCOME" = 'failed'
      THEN 0
      WHEN "T"."OUTCOME" <> 'answered'
      THEN NULL
      WHEN "T"."FREE"
      THEN 0
      WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
      THEN NULL
      ELSE "C"."BASE" + "T"."N_INPUT" * "C"."Q_INPUT" + "T"."N_OUTPUT" * "C"."Q_OUTPUT"
    END AS "PAID"
  FROM (
    SELECT
      "U".*,
      "U"."WRITTEN" - "U"."N_CACHE_WRITE_1H" AS "N_CACHE_WRITE_5M",
      (
        "U"."LENGTH" - "U"."N_CACHE_READ" - "U"."WRITTEN"
      ) AS "N_INPUT",
      COALESCE("U"."OUTPUT_TOKENS", 0) AS "N_OUTPUT"
    FROM (
      SELECT
        "U".*,
        GREATEST_IGNORE_NULLS(COALESCE("U"."INPUT_TOKENS", 0), "U"."N_CACHE_READ" + "U"."WRITTEN") AS "LENGTH"
      FROM (
        SELECT
          "U".*,
          0 AS "N_CACHE_READ",
          0 AS "N_CACHE_WRITE_1H",
          GREATEST_IGNORE_NULLS(0, 0 + 0) AS "WRITTEN",
          0 AS "REASONED"
        FROM "SPECBUDGET_GIANTS_T" AS "U"
      ) AS "U"
    ) AS "U"
  ) AS "T"
  JOIN "CATALOGUE_T" AS "C"
    ON "T"."MODEL" = "C"."MODEL"
    AND COALESCE("T"."SERVICE_TIER", '') = "C"."SERVICE_TIER"
    AND COALESCE("T"."REGION", '') = "C"."REGION"
    AND "T"."LENGTH" > "C"."LONGER_THAN"
    AND "T"."LENGTH" <= "C"."UP_TO"
    AND "T"."AT" >= "C"."VALID_FROM"
    AND "T"."AT" < "C"."VALID_TO"
) AS "X"
GROUP BY
  "X"."SPEC",
  "X"."STAGE",
  "X"."PROVIDER",
  "X"."MODEL";

-- more than 64 bits hold
SELECT
  "X"."SPEC" AS "C0",
  "X"."STAGE" AS "C1",
  "X"."PROVIDER" AS "C2",
  "X"."MODEL" AS "C3",
  "X"."CELL" AS "C4",
  "X"."LACKS" AS "C5",
  MIN("X"."ID") AS "C6",
  MIN("X"."AT") AS "C7",
  SUM(CAST("X"."LIST_COST" AS DECIMAL(38, 0))) AS "C8",
  COUNT(*) AS "C9",
  SUM("X"."INPUT_TOKENS") AS "C10",
  SUM("X"."OUTPUT_TOKENS") AS "C11"
FROM (
  SELECT
    "S".*
  FROM (
    SELECT
      "T".*,
      "C"."CELL",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN 0
        WHEN "T"."OUTCOME" <> 'answered'
        THEN NULL
        WHEN "T"."FREE"
        THEN 0
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN NULL
        ELSE "C"."BASE" + "T"."N_INPUT" * "C"."P_INPUT" + "T"."N_OUTPUT" * "C"."P_OUTPUT"
      END AS "COST",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN NULL
        WHEN "T"."OUTCOME" <> 'answered'
        THEN 'answer'
        WHEN "T"."FREE"
        THEN NULL
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN 'counts'
        WHEN "C"."BASE" IS NULL
        THEN 'row'
        WHEN NOT "C"."FREE"
        AND COALESCE(
          "T"."INPUT_TOKENS",
          "T"."OUTPUT_TOKENS",
          "T"."CACHE_READ_INPUT_TOKENS",
          "T"."CACHE_READ_AUDIO_INPUT_TOKENS",
          "T"."CACHE_READ_IMAGE_INPUT_TOKENS",
          "T"."CACHE_WRITE_INPUT_TOKENS",
          "T"."CACHE_WRITE_5M_INPUT_TOKENS",
          "T"."CACHE_WRITE_1H_INPUT_TOKENS",
          "T"."REASONING_OUTPUT_TOKENS",
          "T"."INPUT_AUDIO_TOKENS",
          "T"."OUTPUT_AUDIO_TOKENS",
          "T"."INPUT_IMAGE_TOKENS",
          "T"."OUTPUT_IMAGE_TOKENS",
          "T"."WEB_SEARCH_REQUESTS",
          "T"."WEB_FETCH_REQUESTS",
          "T"."SEARCH_UNITS",
          "T"."TOOL_CALLS",
          "T"."AUDIO_SECONDS",
          "T"."PAGES"
        ) IS NULL
        THEN 'usage'
      END AS "LACKS",
      CASE WHEN NOT "C"."BASE" IS NULL AND (
        "C"."ODD"
      ) THEN 1 ELSE 0 END AS "SLOW",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN 0
        WHEN "T"."OUTCOME" <> 'answered'
        THEN NULL
        WHEN "T"."FREE"
        THEN 0
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN NULL
        ELSE "C"."BASE" + "T"."N_INPUT" * "C"."Q_INPUT" + "T"."N_OUTPUT" * "C"."Q_OUTPUT"
      END AS "PAID"
    FROM (
      SELECT
        "U".*,
        "U"."WRITTEN" - "U"."N_CACHE_WRITE_1H" AS "N_CACHE_WRITE_5M",
        (
          "U"."LENGTH" - "U"."N_CACHE_READ" - "U"."WRITTEN"
        ) AS "N_INPUT",
        COALESCE("U"."OUTPUT_TOKENS", 0) AS "N_OUTPUT"
      FROM (
        SELECT
          "U".*,
          GREATEST_IGNORE_NULLS(COALESCE("U"."INPUT_TOKENS", 0), "U"."N_CACHE_READ" + "U"."WRITTEN") AS "LENGTH"
        FROM (
          SELECT
            "U".*,
            0 AS "N_CACHE_READ",
            0 AS "N_CACHE_WRITE_1H",
            GREATEST_IGNORE_NULLS(0, 0 + 0) AS "WRITTEN",
            0 AS "REASONED"
          FROM "SPECBUDGET_GIANTS_T" AS "U"
        ) AS "U"
      ) AS "U"
    ) AS "T"
    JOIN "CATALOGUE_T" AS "C"
      ON "T"."MODEL" = "C"."MODEL"
      AND COALESCE("T"."SERVICE_TIER", '') = "C"."SERVICE_TIER"
      AND COALESCE("T"."REGION", '') = "C"."REGION"
      AND "T"."LENGTH" > "C"."LONGER_THAN"
      AND "T"."LENGTH" <= "C"."UP_TO"
      AND "T"."AT" >= "C"."VALID_FROM"
      AND "T"."AT" < "C"."VALID_TO"
    WHERE
      "T"."OUTCOME" <> 'answered'
      AND "T"."OUTCOME" <> 'failed'
      OR NOT "T"."FREE"
      AND "T"."USAGE_STATE" IN ('none', 'unreadable')
    UNION ALL
    SELECT
      "T".*,
      "C"."CELL",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN 0
        WHEN "T"."OUTCOME" <> 'answered'
        THEN NULL
        WHEN "T"."FREE"
        THEN 0
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN NULL
        ELSE "C"."BASE" + "T"."N_INPUT" * "C"."P_INPUT" + "T"."N_OUTPUT" * "C"."P_OUTPUT"
      END AS "COST",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN NULL
        WHEN "T"."OUTCOME" <> 'answered'
        THEN 'answer'
        WHEN "T"."FREE"
        THEN NULL
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN 'counts'
        WHEN "C"."BASE" IS NULL
        THEN 'row'
        WHEN NOT "C"."FREE"
        AND COALESCE(
          "T"."INPUT_TOKENS",
          "T"."OUTPUT_TOKENS",
          "T"."CACHE_READ_INPUT_TOKENS",
          "T"."CACHE_READ_AUDIO_INPUT_TOKENS",
          "T"."CACHE_READ_IMAGE_INPUT_TOKENS",
          "T"."CACHE_WRITE_INPUT_TOKENS",
          "T"."CACHE_WRITE_5M_INPUT_TOKENS",
          "T"."CACHE_WRITE_1H_INPUT_TOKENS",
          "T"."REASONING_OUTPUT_TOKENS",
          "T"."INPUT_AUDIO_TOKENS",
          "T"."OUTPUT_AUDIO_TOKENS",
          "T"."INPUT_IMAGE_TOKENS",
          "T"."OUTPUT_IMAGE_TOKENS",
          "T"."WEB_SEARCH_REQUESTS",
          "T"."WEB_FETCH_REQUESTS",
          "T"."SEARCH_UNITS",
          "T"."TOOL_CALLS",
          "T"."AUDIO_SECONDS",
          "T"."PAGES"
        ) IS NULL
        THEN 'usage'
      END AS "LACKS",
      CASE WHEN NOT "C"."BASE" IS NULL AND (
        "C"."ODD"
      ) THEN 1 ELSE 0 END AS "SLOW",
      CASE
        WHEN "T"."OUTCOME" = 'failed'
        THEN 0
        WHEN "T"."OUTCOME" <> 'answered'
        THEN NULL
        WHEN "T"."FREE"
        THEN 0
        WHEN "T"."USAGE_STATE" IN ('none', 'unreadable')
        THEN NULL
        ELSE "C"."BASE" + "T"."N_INPUT" * "C"."Q_INPUT" + "T"."N_OUTPUT" * "C"."Q_OUTPUT"
      END AS "PAID"
    FROM (
      SELECT
        "U".*,
        "U"."WRITTEN" - "U"."N_CACHE_WRITE_1H" AS "N_CACHE_WRITE_5M",
        (
          "U"."LENGTH" - "U"."N_CACHE_READ" - "U"."WRITTEN"
        ) AS "N_INPUT",
        COALESCE("U"."OUTPUT_TOKENS", 0) AS "N_OUTPUT"
      FROM (
        SELECT
          "U".*,
          GREATEST_IGNORE_NULLS(COALESCE("U"."INPUT_TOKENS", 0), "U"."N_CACHE_READ" + "U"."WRITTEN") AS "LENGTH"
        FROM (
          SELECT
            "U".*,
            0 AS "N_CACHE_READ",
            0 AS "N_CACHE_WRITE_1H",
            GREATEST_IGNORE_NULLS(0, 0 + 0) AS "WRITTEN",
            0 AS "REASONED"
          FROM "SPECBUDGET_GIANTS_T" AS "U"
        ) AS "U"
      ) AS "U"
    ) AS "T"
    JOIN (
      SELECT
        "K".*
      FROM "CATALOGUE_T" AS "K"
      WHERE
        "K"."DOUBTFUL"
    ) AS "C"
      ON "T"."MODEL" = "C"."MODEL"
      AND COALESCE("T"."SERVICE_TIER", '') = "C"."SERVICE_TIER"
      AND COALESCE("T"."REGION", '') = "C"."REGION"
      AND "T"."LENGTH" > "C"."LONGER_THAN"
      AND "T"."LENGTH" <= "C"."UP_TO"
      AND "T"."AT" >= "C"."VALID_FROM"
      AND "T"."AT" < "C"."VALID_TO"
    WHERE
      NOT (
        "T"."OUTCOME" <> 'answered'
        AND "T"."OUTCOME" <> 'failed'
        OR NOT "T"."FREE"
        AND "T"."USAGE_STATE" IN ('none', 'unreadable')
      )
  ) AS "S"
  WHERE
    NOT "S"."LACKS" IS NULL
) AS "X"
GROUP BY
  "X"."SPEC",
  "X"."STAGE",
  "X"."PROVIDER",
  "X"."MODEL",
  "X"."CELL",
  "X"."LACKS";

-- whether prices moved
SELECT
  COUNT(*) AS "C0"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    "PART" > 0
) AS "U";

-- whether prices moved
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  COALESCE("U"."SERVICE_TIER", '') AS "C2",
  COALESCE("U"."REGION", '') AS "C3",
  COUNT(*) AS "C4"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    NOT (
      "ID" IN (
        SELECT
          "ID"
        FROM "SPECBUDGET_ORDINARY_T"
        WHERE
          "PART" > 0
      )
    )
    AND "OUTCOME" = 'answered'
    AND (
      "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
    )
    AND "LIST_COST" IS NULL
) AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  COALESCE("U"."SERVICE_TIER", ''),
  COALESCE("U"."REGION", '');

-- whether prices moved
SELECT
  "ID" AS "C0",
  "PART" AS "C1",
  "DAY" AS "C2",
  "AT" AS "C3",
  "CLOCK" AS "C4",
  "RUN" AS "C5",
  "PROVIDER" AS "C6",
  "MODEL" AS "C7",
  "REQUEST_MODEL" AS "C8",
  "OPERATION" AS "C9",
  "SERVICE_TIER" AS "C10",
  "REGION" AS "C11",
  "SPEC" AS "C12",
  "COMMAND" AS "C13",
  "STAGE" AS "C14",
  "PHASE" AS "C15",
  "TEST" AS "C16",
  "TIER" AS "C17",
  "SOURCE" AS "C18",
  "OUTCOME" AS "C19",
  "USAGE_STATE" AS "C20",
  "FREE" AS "C21",
  "INPUT_TOKENS" AS "C22",
  "OUTPUT_TOKENS" AS "C23",
  "CACHE_READ_INPUT_TOKENS" AS "C24",
  "CACHE_READ_AUDIO_INPUT_TOKENS" AS "C25",
  "CACHE_READ_IMAGE_INPUT_TOKENS" AS "C26",
  "CACHE_WRITE_INPUT_TOKENS" AS "C27",
  "CACHE_WRITE_5M_INPUT_TOKENS" AS "C28",
  "CACHE_WRITE_1H_INPUT_TOKENS" AS "C29",
  "REASONING_OUTPUT_TOKENS" AS "C30",
  "INPUT_AUDIO_TOKENS" AS "C31",
  "OUTPUT_AUDIO_TOKENS" AS "C32",
  "INPUT_IMAGE_TOKENS" AS "C33",
  "OUTPUT_IMAGE_TOKENS" AS "C34",
  "WEB_SEARCH_REQUESTS" AS "C35",
  "WEB_FETCH_REQUESTS" AS "C36",
  "SEARCH_UNITS" AS "C37",
  "TOOL_CALLS" AS "C38",
  "AUDIO_SECONDS" AS "C39",
  "PAGES" AS "C40",
  "LIST_COST" AS "C41",
  "BILLED_COST" AS "C42",
  "PRICE_ID" AS "C43",
  "PRICED_AT" AS "C44"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    NOT (
      "ID" IN (
        SELECT
          "ID"
        FROM "SPECBUDGET_ORDINARY_T"
        WHERE
          "PART" > 0
      )
    )
    AND "OUTCOME" = 'answered'
    AND (
      "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
    )
    AND "LIST_COST" IS NULL
    AND NOT (
      (
        "PROVIDER" = 'discounted' AND "MODEL" = 'tiny'
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'by-the-hour'
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'nobody-sells-this'
      )
      OR (
        "PROVIDER" = 'example'
        AND "MODEL" = 'plain'
        AND COALESCE("PRICED_AT", "AT") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMPNTZ)
      )
      OR (
        "PROVIDER" = 'example'
        AND "MODEL" = 'plain-latest'
        AND COALESCE("PRICED_AT", "AT") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMPNTZ)
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'reasoner'
      )
      OR (
        "PROVIDER" = 'gcp.vertex_ai' AND "MODEL" = 'thinker'
      )
      OR (
        "PROVIDER" = 'google' AND "MODEL" = 'thinker'
      )
      OR (
        "PROVIDER" = 'nobody' AND "MODEL" = 'plain'
      )
      OR (
        "PROVIDER" = 'own' AND "MODEL" = 'whatever'
      )
    )
);

-- whether prices moved
SELECT
  "ID" AS "C0",
  "PART" AS "C1",
  "DAY" AS "C2",
  "AT" AS "C3",
  "CLOCK" AS "C4",
  "RUN" AS "C5",
  "PROVIDER" AS "C6",
  "MODEL" AS "C7",
  "REQUEST_MODEL" AS "C8",
  "OPERATION" AS "C9",
  "SERVICE_TIER" AS "C10",
  "REGION" AS "C11",
  "SPEC" AS "C12",
  "COMMAND" AS "C13",
  "STAGE" AS "C14",
  "PHASE" AS "C15",
  "TEST" AS "C16",
  "TIER" AS "C17",
  "SOURCE" AS "C18",
  "OUTCOME" AS "C19",
  "USAGE_STATE" AS "C20",
  "FREE" AS "C21",
  "INPUT_TOKENS" AS "C22",
  "OUTPUT_TOKENS" AS "C23",
  "CACHE_READ_INPUT_TOKENS" AS "C24",
  "CACHE_READ_AUDIO_INPUT_TOKENS" AS "C25",
  "CACHE_READ_IMAGE_INPUT_TOKENS" AS "C26",
  "CACHE_WRITE_INPUT_TOKENS" AS "C27",
  "CACHE_WRITE_5M_INPUT_TOKENS" AS "C28",
  "CACHE_WRITE_1H_INPUT_TOKENS" AS "C29",
  "REASONING_OUTPUT_TOKENS" AS "C30",
  "INPUT_AUDIO_TOKENS" AS "C31",
  "OUTPUT_AUDIO_TOKENS" AS "C32",
  "INPUT_IMAGE_TOKENS" AS "C33",
  "OUTPUT_IMAGE_TOKENS" AS "C34",
  "WEB_SEARCH_REQUESTS" AS "C35",
  "WEB_FETCH_REQUESTS" AS "C36",
  "SEARCH_UNITS" AS "C37",
  "TOOL_CALLS" AS "C38",
  "AUDIO_SECONDS" AS "C39",
  "PAGES" AS "C40",
  "LIST_COST" AS "C41",
  "BILLED_COST" AS "C42",
  "PRICE_ID" AS "C43",
  "PRICED_AT" AS "C44"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    "ID" IN (
      SELECT
        "ID"
      FROM "SPECBUDGET_ORDINARY_T"
      WHERE
        "PART" > 0
    )
) AS "U"
ORDER BY
  "ID",
  "PART";

-- whether prices moved
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  "U"."DAY" AS "C2",
  COUNT(*) AS "C3"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    NOT (
      "ID" IN (
        SELECT
          "ID"
        FROM "SPECBUDGET_ORDINARY_T"
        WHERE
          "PART" > 0
      )
    )
    AND "OUTCOME" <> 'failed'
    AND NOT (
      "OUTCOME" = 'answered'
      AND (
        "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
      )
    )
    AND NOT "LIST_COST" IS NULL
    AND "LIST_COST" > 0
) AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  "U"."DAY";

-- whether prices moved
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  COALESCE("U"."SERVICE_TIER", '') AS "C2",
  COALESCE("U"."REGION", '') AS "C3",
  COUNT(*) AS "C4",
  COUNT(
    COALESCE(
      "U"."INPUT_TOKENS",
      "U"."OUTPUT_TOKENS",
      "U"."CACHE_READ_INPUT_TOKENS",
      "U"."CACHE_READ_AUDIO_INPUT_TOKENS",
      "U"."CACHE_READ_IMAGE_INPUT_TOKENS",
      "U"."CACHE_WRITE_INPUT_TOKENS",
      "U"."CACHE_WRITE_5M_INPUT_TOKENS",
      "U"."CACHE_WRITE_1H_INPUT_TOKENS",
      "U"."REASONING_OUTPUT_TOKENS",
      "U"."INPUT_AUDIO_TOKENS",
      "U"."OUTPUT_AUDIO_TOKENS",
      "U"."INPUT_IMAGE_TOKENS",
      "U"."OUTPUT_IMAGE_TOKENS",
      "U"."WEB_SEARCH_REQUESTS",
      "U"."WEB_FETCH_REQUESTS",
      "U"."SEARCH_UNITS",
      "U"."TOOL_CALLS",
      "U"."AUDIO_SECONDS",
      "U"."PAGES"
    )
  ) AS "C5",
  SUM(
    CASE
      WHEN "U"."PART" = 0
      AND NOT COALESCE("U"."OPERATION", '') IN ('retrieve', 'begin_batch')
      THEN 0
      ELSE 1
    END
  ) AS "C6",
  NULL AS "C7",
  NULL AS "C8",
  NULL AS "C9",
  NULL AS "C10",
  MAX("U"."INPUT_TOKENS") AS "C11",
  MAX("U"."OUTPUT_TOKENS") AS "C12",
  MAX("U"."CACHE_READ_INPUT_TOKENS") AS "C13",
  MAX("U"."CACHE_READ_AUDIO_INPUT_TOKENS") AS "C14",
  MAX("U"."CACHE_READ_IMAGE_INPUT_TOKENS") AS "C15",
  MAX("U"."CACHE_WRITE_INPUT_TOKENS") AS "C16",
  MAX("U"."CACHE_WRITE_5M_INPUT_TOKENS") AS "C17",
  MAX("U"."CACHE_WRITE_1H_INPUT_TOKENS") AS "C18",
  MAX("U"."REASONING_OUTPUT_TOKENS") AS "C19",
  MAX("U"."INPUT_AUDIO_TOKENS") AS "C20",
  MAX("U"."OUTPUT_AUDIO_TOKENS") AS "C21",
  MAX("U"."INPUT_IMAGE_TOKENS") AS "C22",
  MAX("U"."OUTPUT_IMAGE_TOKENS") AS "C23",
  MAX("U"."WEB_SEARCH_REQUESTS") AS "C24",
  MAX("U"."WEB_FETCH_REQUESTS") AS "C25",
  MAX("U"."SEARCH_UNITS") AS "C26",
  MAX("U"."TOOL_CALLS") AS "C27",
  MAX("U"."AUDIO_SECONDS") AS "C28",
  MAX("U"."PAGES") AS "C29"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    NOT (
      "ID" IN (
        SELECT
          "ID"
        FROM "SPECBUDGET_ORDINARY_T"
        WHERE
          "PART" > 0
      )
    )
    AND "OUTCOME" = 'answered'
    AND (
      "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
    )
    AND "LIST_COST" IS NULL
    AND (
      (
        "PROVIDER" = 'discounted' AND "MODEL" = 'tiny'
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'by-the-hour'
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'nobody-sells-this'
      )
      OR (
        "PROVIDER" = 'example'
        AND "MODEL" = 'plain'
        AND COALESCE("PRICED_AT", "AT") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMPNTZ)
      )
      OR (
        "PROVIDER" = 'example'
        AND "MODEL" = 'plain-latest'
        AND COALESCE("PRICED_AT", "AT") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMPNTZ)
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'reasoner'
      )
      OR (
        "PROVIDER" = 'gcp.vertex_ai' AND "MODEL" = 'thinker'
      )
      OR (
        "PROVIDER" = 'google' AND "MODEL" = 'thinker'
      )
      OR (
        "PROVIDER" = 'nobody' AND "MODEL" = 'plain'
      )
      OR (
        "PROVIDER" = 'own' AND "MODEL" = 'whatever'
      )
    )
) AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  COALESCE("U"."SERVICE_TIER", ''),
  COALESCE("U"."REGION", '');

-- whether prices moved
SELECT
  CAST(MIN("U"."CLOCK") AS DATE) AS "C0",
  CAST(MAX("U"."CLOCK") AS DATE) AS "C1"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    NOT (
      "ID" IN (
        SELECT
          "ID"
        FROM "SPECBUDGET_ORDINARY_T"
        WHERE
          "PART" > 0
      )
    )
    AND "OUTCOME" = 'answered'
    AND (
      "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
    )
    AND "LIST_COST" IS NULL
    AND (
      (
        "PROVIDER" = 'discounted' AND "MODEL" = 'tiny'
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'by-the-hour'
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'nobody-sells-this'
      )
      OR (
        "PROVIDER" = 'example'
        AND "MODEL" = 'plain'
        AND COALESCE("PRICED_AT", "AT") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMPNTZ)
      )
      OR (
        "PROVIDER" = 'example'
        AND "MODEL" = 'plain-latest'
        AND COALESCE("PRICED_AT", "AT") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMPNTZ)
      )
      OR (
        "PROVIDER" = 'example' AND "MODEL" = 'reasoner'
      )
      OR (
        "PROVIDER" = 'gcp.vertex_ai' AND "MODEL" = 'thinker'
      )
      OR (
        "PROVIDER" = 'google' AND "MODEL" = 'thinker'
      )
      OR (
        "PROVIDER" = 'nobody' AND "MODEL" = 'plain'
      )
      OR (
        "PROVIDER" = 'own' AND "MODEL" = 'whatever'
      )
    )
) AS "U";

-- whether prices moved
SELECT
  CAST(MIN("U"."CLOCK") AS DATE) AS "C0",
  CAST(MAX("U"."CLOCK") AS DATE) AS "C1"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    NOT (
      "ID" IN (
        SELECT
          "ID"
        FROM "SPECBUDGET_ORDINARY_T"
        WHERE
          "PART" > 0
      )
    )
    AND "OUTCOME" = 'answered'
    AND (
      "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
    )
    AND NOT "LIST_COST" IS NULL
) AS "U";

-- whether prices moved
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  COALESCE("U"."SERVICE_TIER", '') AS "C2",
  COALESCE("U"."REGION", '') AS "C3",
  MIN("U"."AT") AS "C4",
  MAX("U"."AT") AS "C5",
  MIN(COALESCE("U"."INPUT_TOKENS", 0)) AS "C6",
  MAX(COALESCE("U"."INPUT_TOKENS", 0)) AS "C7",
  MAX("U"."INPUT_TOKENS") AS "C8",
  MAX("U"."OUTPUT_TOKENS") AS "C9",
  MAX("U"."CACHE_READ_INPUT_TOKENS") AS "C10",
  MAX("U"."CACHE_READ_AUDIO_INPUT_TOKENS") AS "C11",
  MAX("U"."CACHE_READ_IMAGE_INPUT_TOKENS") AS "C12",
  MAX("U"."CACHE_WRITE_INPUT_TOKENS") AS "C13",
  MAX("U"."CACHE_WRITE_5M_INPUT_TOKENS") AS "C14",
  MAX("U"."CACHE_WRITE_1H_INPUT_TOKENS") AS "C15",
  MAX("U"."REASONING_OUTPUT_TOKENS") AS "C16",
  MAX("U"."INPUT_AUDIO_TOKENS") AS "C17",
  MAX("U"."OUTPUT_AUDIO_TOKENS") AS "C18",
  MAX("U"."INPUT_IMAGE_TOKENS") AS "C19",
  MAX("U"."OUTPUT_IMAGE_TOKENS") AS "C20",
  MAX("U"."WEB_SEARCH_REQUESTS") AS "C21",
  MAX("U"."WEB_FETCH_REQUESTS") AS "C22",
  MAX("U"."SEARCH_UNITS") AS "C23",
  MAX("U"."TOOL_CALLS") AS "C24",
  MAX("U"."AUDIO_SECONDS") AS "C25",
  MAX("U"."PAGES") AS "C26"
FROM (
  SELECT
    "ID",
    "PART",
    "DAY",
    COALESCE("PRICED_AT", "AT") AS "AT",
    "CLOCK",
    "RUN",
    "PROVIDER",
    "MODEL",
    "REQUEST_MODEL",
    "OPERATION",
    "SERVICE_TIER",
    "REGION",
    "SPEC",
    "COMMAND",
    "STAGE",
    "PHASE",
    "TEST",
    "TIER",
    "SOURCE",
    "OUTCOME",
    "USAGE_STATE",
    "FREE",
    "INPUT_TOKENS",
    "OUTPUT_TOKENS",
    "CACHE_READ_INPUT_TOKENS",
    "CACHE_READ_AUDIO_INPUT_TOKENS",
    "CACHE_READ_IMAGE_INPUT_TOKENS",
    "CACHE_WRITE_INPUT_TOKENS",
    "CACHE_WRITE_5M_INPUT_TOKENS",
    "CACHE_WRITE_1H_INPUT_TOKENS",
    "REASONING_OUTPUT_TOKENS",
    "INPUT_AUDIO_TOKENS",
    "OUTPUT_AUDIO_TOKENS",
    "INPUT_IMAGE_TOKENS",
    "OUTPUT_IMAGE_TOKENS",
    "WEB_SEARCH_REQUESTS",
    "WEB_FETCH_REQUESTS",
    "SEARCH_UNITS",
    "TOOL_CALLS",
    "AUDIO_SECONDS",
    "PAGES",
    "LIST_COST",
    "BILLED_COST",
    "PRICE_ID",
    "PRICED_AT"
  FROM (
    SELECT
      *
    FROM "SPECBUDGET_ORDINARY_T"
    WHERE
      NOT (
        "ID" IN (
          SELECT
            "ID"
          FROM "SPECBUDGET_ORDINARY_T"
          WHERE
            "PART" > 0
        )
      )
      AND "OUTCOME" = 'answered'
      AND (
        "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
      )
      AND NOT "LIST_COST" IS NULL
  ) AS "D"
) AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  COALESCE("U"."SERVICE_TIER", ''),
  COALESCE("U"."REGION", '');

-- whether prices moved
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  COALESCE("U"."SERVICE_TIER", '') AS "C2",
  COALESCE("U"."REGION", '') AS "C3",
  MIN("U"."AT") AS "C4",
  MAX("U"."AT") AS "C5",
  MIN(COALESCE("U"."INPUT_TOKENS", 0)) AS "C6",
  MAX(COALESCE("U"."INPUT_TOKENS", 0)) AS "C7",
  MAX("U"."INPUT_TOKENS") AS "C8",
  MAX("U"."OUTPUT_TOKENS") AS "C9",
  MAX("U"."CACHE_READ_INPUT_TOKENS") AS "C10",
  MAX("U"."CACHE_READ_AUDIO_INPUT_TOKENS") AS "C11",
  MAX("U"."CACHE_READ_IMAGE_INPUT_TOKENS") AS "C12",
  MAX("U"."CACHE_WRITE_INPUT_TOKENS") AS "C13",
  MAX("U"."CACHE_WRITE_5M_INPUT_TOKENS") AS "C14",
  MAX("U"."CACHE_WRITE_1H_INPUT_TOKENS") AS "C15",
  MAX("U"."REASONING_OUTPUT_TOKENS") AS "C16",
  MAX("U"."INPUT_AUDIO_TOKENS") AS "C17",
  MAX("U"."OUTPUT_AUDIO_TOKENS") AS "C18",
  MAX("U"."INPUT_IMAGE_TOKENS") AS "C19",
  MAX("U"."OUTPUT_IMAGE_TOKENS") AS "C20",
  MAX("U"."WEB_SEARCH_REQUESTS") AS "C21",
  MAX("U"."WEB_FETCH_REQUESTS") AS "C22",
  MAX("U"."SEARCH_UNITS") AS "C23",
  MAX("U"."TOOL_CALLS") AS "C24",
  MAX("U"."AUDIO_SECONDS") AS "C25",
  MAX("U"."PAGES") AS "C26"
FROM (
  SELECT
    "ID",
    "PART",
    "DAY",
    COALESCE("PRICED_AT", "AT") AS "AT",
    "CLOCK",
    "RUN",
    "PROVIDER",
    "MODEL",
    "REQUEST_MODEL",
    "OPERATION",
    "SERVICE_TIER",
    "REGION",
    "SPEC",
    "COMMAND",
    "STAGE",
    "PHASE",
    "TEST",
    "TIER",
    "SOURCE",
    "OUTCOME",
    "USAGE_STATE",
    "FREE",
    "INPUT_TOKENS",
    "OUTPUT_TOKENS",
    "CACHE_READ_INPUT_TOKENS",
    "CACHE_READ_AUDIO_INPUT_TOKENS",
    "CACHE_READ_IMAGE_INPUT_TOKENS",
    "CACHE_WRITE_INPUT_TOKENS",
    "CACHE_WRITE_5M_INPUT_TOKENS",
    "CACHE_WRITE_1H_INPUT_TOKENS",
    "REASONING_OUTPUT_TOKENS",
    "INPUT_AUDIO_TOKENS",
    "OUTPUT_AUDIO_TOKENS",
    "INPUT_IMAGE_TOKENS",
    "OUTPUT_IMAGE_TOKENS",
    "WEB_SEARCH_REQUESTS",
    "WEB_FETCH_REQUESTS",
    "SEARCH_UNITS",
    "TOOL_CALLS",
    "AUDIO_SECONDS",
    "PAGES",
    "LIST_COST",
    "BILLED_COST",
    "PRICE_ID",
    "PRICED_AT"
  FROM (
    SELECT
      *
    FROM "SPECBUDGET_ORDINARY_T"
    WHERE
      NOT (
        "ID" IN (
          SELECT
            "ID"
          FROM "SPECBUDGET_ORDINARY_T"
          WHERE
            "PART" > 0
        )
      )
      AND "OUTCOME" = 'answered'
      AND (
        "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
      )
      AND "LIST_COST" IS NULL
      AND (
        (
          "PROVIDER" = 'discounted' AND "MODEL" = 'tiny'
        )
        OR (
          "PROVIDER" = 'example' AND "MODEL" = 'by-the-hour'
        )
        OR (
          "PROVIDER" = 'example' AND "MODEL" = 'nobody-sells-this'
        )
        OR (
          "PROVIDER" = 'example'
          AND "MODEL" = 'plain'
          AND COALESCE("PRICED_AT", "AT") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMPNTZ)
        )
        OR (
          "PROVIDER" = 'example'
          AND "MODEL" = 'plain-latest'
          AND COALESCE("PRICED_AT", "AT") >= CAST('2025-06-01 00:00:00.000000' AS TIMESTAMPNTZ)
        )
        OR (
          "PROVIDER" = 'example' AND "MODEL" = 'reasoner'
        )
        OR (
          "PROVIDER" = 'gcp.vertex_ai' AND "MODEL" = 'thinker'
        )
        OR (
          "PROVIDER" = 'google' AND "MODEL" = 'thinker'
        )
        OR (
          "PROVIDER" = 'nobody' AND "MODEL" = 'plain'
        )
        OR (
          "PROVIDER" = 'own' AND "MODEL" = 'whatever'
        )
      )
  ) AS "D"
) AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  COALESCE("U"."SERVICE_TIER", ''),
  COALESCE("U"."REGION", '');

-- whether prices moved
SELECT
  MAX("U"."DAY") AS "C0"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    "OUTCOME" = 'answered'
    AND (
      "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
    )
) AS "U"
WHERE
  "U"."PART" = 0
  AND NOT "U"."INPUT_TOKENS" IS NULL
  AND NOT "U"."OUTPUT_TOKENS" IS NULL;

-- whether prices moved
SELECT
  "W"."STAGE" AS "C0",
  "W"."SELLER" AS "C1",
  "W"."MODEL" AS "C2",
  "W"."NEWER" AS "C3",
  COUNT(*) AS "C4",
  MIN(CASE WHEN 2 * "W"."GIVEN_RANK" - "W"."CALLS" IN (0, 1, 2) THEN "W"."GIVEN" END) AS "C5",
  MAX(CASE WHEN 2 * "W"."GIVEN_RANK" - "W"."CALLS" IN (0, 1, 2) THEN "W"."GIVEN" END) AS "C6",
  MIN(CASE WHEN 2 * "W"."MADE_RANK" - "W"."CALLS" IN (0, 1, 2) THEN "W"."MADE" END) AS "C7",
  MAX(CASE WHEN 2 * "W"."MADE_RANK" - "W"."CALLS" IN (0, 1, 2) THEN "W"."MADE" END) AS "C8"
FROM (
  SELECT
    "W".*,
    ROW_NUMBER() OVER (
      PARTITION BY "W"."STAGE", "W"."SELLER", "W"."MODEL", "W"."NEWER"
      ORDER BY "W"."GIVEN"
    ) AS "GIVEN_RANK",
    ROW_NUMBER() OVER (
      PARTITION BY "W"."STAGE", "W"."SELLER", "W"."MODEL", "W"."NEWER"
      ORDER BY "W"."MADE"
    ) AS "MADE_RANK",
    COUNT(*) OVER (PARTITION BY "W"."STAGE", "W"."SELLER", "W"."MODEL", "W"."NEWER") AS "CALLS"
  FROM (
    SELECT
      COALESCE("U"."STAGE", '') AS "STAGE",
      CASE "U"."PROVIDER"
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
        ELSE "U"."PROVIDER"
      END AS "SELLER",
      "U"."MODEL" AS "MODEL",
      CASE WHEN "U"."DAY" < CAST('2026-02-02' AS DATE) THEN 0 ELSE 1 END AS "NEWER",
      "U"."INPUT_TOKENS" AS "GIVEN",
      "U"."OUTPUT_TOKENS" AS "MADE"
    FROM (
      SELECT
        *
      FROM "SPECBUDGET_ORDINARY_T"
      WHERE
        "OUTCOME" = 'answered'
        AND (
          "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
        )
    ) AS "U"
    WHERE
      "U"."PART" = 0
      AND NOT "U"."INPUT_TOKENS" IS NULL
      AND NOT "U"."OUTPUT_TOKENS" IS NULL
      AND "U"."DAY" >= CAST('2026-01-26' AS DATE)
  ) AS "W"
) AS "W"
GROUP BY
  "W"."STAGE",
  "W"."SELLER",
  "W"."MODEL",
  "W"."NEWER";

-- whether prices moved
SELECT
  COUNT(*) AS "C0"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    NOT (
      "ID" IN (
        SELECT
          "ID"
        FROM "SPECBUDGET_ORDINARY_T"
        WHERE
          "PART" > 0
      )
    )
    AND "OUTCOME" = 'answered'
    AND (
      "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
    )
    AND NOT "LIST_COST" IS NULL
    AND "PRICED_AT" IS NULL
    AND "SOURCE" = 'replay'
) AS "U";

-- whether prices moved
SELECT
  COUNT(*) AS "C0"
FROM (
  SELECT
    *
  FROM "SPECBUDGET_ORDINARY_T"
  WHERE
    NOT (
      "ID" IN (
        SELECT
          "ID"
        FROM "SPECBUDGET_ORDINARY_T"
        WHERE
          "PART" > 0
      )
    )
    AND "OUTCOME" <> 'failed'
    AND NOT (
      "OUTCOME" = 'answered'
      AND (
        "FREE" OR NOT "USAGE_STATE" IN ('none', 'unreadable')
      )
    )
    AND NOT (
      NOT "LIST_COST" IS NULL AND "LIST_COST" > 0
    )
) AS "U";

-- under other terms
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  COALESCE("U"."REQUEST_MODEL", '') AS "C2",
  COALESCE("U"."TIER", '') AS "C3",
  COALESCE("U"."SERVICE_TIER", '') AS "C4",
  COALESCE("U"."REGION", '') AS "C5"
FROM "SPECBUDGET_ORDINARY_T" AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  COALESCE("U"."REQUEST_MODEL", ''),
  COALESCE("U"."TIER", ''),
  COALESCE("U"."SERVICE_TIER", ''),
  COALESCE("U"."REGION", '');

-- under other terms
SELECT
  "U"."PROVIDER" AS "C0",
  "U"."MODEL" AS "C1",
  COALESCE("U"."SERVICE_TIER", '') AS "C2",
  COALESCE("U"."REGION", '') AS "C3",
  COUNT(*) AS "C4",
  COUNT(
    COALESCE(
      "U"."INPUT_TOKENS",
      "U"."OUTPUT_TOKENS",
      "U"."CACHE_READ_INPUT_TOKENS",
      "U"."CACHE_READ_AUDIO_INPUT_TOKENS",
      "U"."CACHE_READ_IMAGE_INPUT_TOKENS",
      "U"."CACHE_WRITE_INPUT_TOKENS",
      "U"."CACHE_WRITE_5M_INPUT_TOKENS",
      "U"."CACHE_WRITE_1H_INPUT_TOKENS",
      "U"."REASONING_OUTPUT_TOKENS",
      "U"."INPUT_AUDIO_TOKENS",
      "U"."OUTPUT_AUDIO_TOKENS",
      "U"."INPUT_IMAGE_TOKENS",
      "U"."OUTPUT_IMAGE_TOKENS",
      "U"."WEB_SEARCH_REQUESTS",
      "U"."WEB_FETCH_REQUESTS",
      "U"."SEARCH_UNITS",
      "U"."TOOL_CALLS",
      "U"."AUDIO_SECONDS",
      "U"."PAGES"
    )
  ) AS "C5",
  SUM(
    CASE
      WHEN "U"."PART" = 0
      AND NOT COALESCE("U"."OPERATION", '') IN ('retrieve', 'begin_batch')
      THEN 0
      ELSE 1
    END
  ) AS "C6",
  CAST(MIN("U"."AT") AS DATE) AS "C7",
  CAST(MAX("U"."AT") AS DATE) AS "C8",
  CAST(MIN("U"."CLOCK") AS DATE) AS "C9",
  CAST(MAX("U"."CLOCK") AS DATE) AS "C10",
  MAX("U"."INPUT_TOKENS") AS "C11",
  MAX("U"."OUTPUT_TOKENS") AS "C12",
  MAX("U"."CACHE_READ_INPUT_TOKENS") AS "C13",
  MAX("U"."CACHE_READ_AUDIO_INPUT_TOKENS") AS "C14",
  MAX("U"."CACHE_READ_IMAGE_INPUT_TOKENS") AS "C15",
  MAX("U"."CACHE_WRITE_INPUT_TOKENS") AS "C16",
  MAX("U"."CACHE_WRITE_5M_INPUT_TOKENS") AS "C17",
  MAX("U"."CACHE_WRITE_1H_INPUT_TOKENS") AS "C18",
  MAX("U"."REASONING_OUTPUT_TOKENS") AS "C19",
  MAX("U"."INPUT_AUDIO_TOKENS") AS "C20",
  MAX("U"."OUTPUT_AUDIO_TOKENS") AS "C21",
  MAX("U"."INPUT_IMAGE_TOKENS") AS "C22",
  MAX("U"."OUTPUT_IMAGE_TOKENS") AS "C23",
  MAX("U"."WEB_SEARCH_REQUESTS") AS "C24",
  MAX("U"."WEB_FETCH_REQUESTS") AS "C25",
  MAX("U"."SEARCH_UNITS") AS "C26",
  MAX("U"."TOOL_CALLS") AS "C27",
  MAX("U"."AUDIO_SECONDS") AS "C28",
  MAX("U"."PAGES") AS "C29"
FROM (
  SELECT
    "U"."ID" AS "ID",
    "U"."PART" AS "PART",
    "U"."DAY" AS "DAY",
    "U"."AT" AS "AT",
    "U"."CLOCK" AS "CLOCK",
    "U"."RUN" AS "RUN",
    "U"."PROVIDER" AS "PROVIDER",
    "U"."MODEL" AS "MODEL",
    "U"."REQUEST_MODEL" AS "REQUEST_MODEL",
    "U"."OPERATION" AS "OPERATION",
    "U"."SERVICE_TIER" AS "SERVICE_TIER",
    "U"."REGION" AS "REGION",
    "U"."SPEC" AS "SPEC",
    "U"."COMMAND" AS "COMMAND",
    "U"."STAGE" AS "STAGE",
    "U"."PHASE" AS "PHASE",
    "K"."CLASS" AS "TEST",
    "U"."TIER" AS "TIER",
    "U"."SOURCE" AS "SOURCE",
    "U"."OUTCOME" AS "OUTCOME",
    "U"."USAGE_STATE" AS "USAGE_STATE",
    "U"."FREE" AS "FREE",
    "U"."INPUT_TOKENS" AS "INPUT_TOKENS",
    "U"."OUTPUT_TOKENS" AS "OUTPUT_TOKENS",
    "U"."CACHE_READ_INPUT_TOKENS" AS "CACHE_READ_INPUT_TOKENS",
    "U"."CACHE_READ_AUDIO_INPUT_TOKENS" AS "CACHE_READ_AUDIO_INPUT_TOKENS",
    "U"."CACHE_READ_IMAGE_INPUT_TOKENS" AS "CACHE_READ_IMAGE_INPUT_TOKENS",
    "U"."CACHE_WRITE_INPUT_TOKENS" AS "CACHE_WRITE_INPUT_TOKENS",
    "U"."CACHE_WRITE_5M_INPUT_TOKENS" AS "CACHE_WRITE_5M_INPUT_TOKENS",
    "U"."CACHE_WRITE_1H_INPUT_TOKENS" AS "CACHE_WRITE_1H_INPUT_TOKENS",
    "U"."REASONING_OUTPUT_TOKENS" AS "REASONING_OUTPUT_TOKENS",
    "U"."INPUT_AUDIO_TOKENS" AS "INPUT_AUDIO_TOKENS",
    "U"."OUTPUT_AUDIO_TOKENS" AS "OUTPUT_AUDIO_TOKENS",
    "U"."INPUT_IMAGE_TOKENS" AS "INPUT_IMAGE_TOKENS",
    "U"."OUTPUT_IMAGE_TOKENS" AS "OUTPUT_IMAGE_TOKENS",
    "U"."WEB_SEARCH_REQUESTS" AS "WEB_SEARCH_REQUESTS",
    "U"."WEB_FETCH_REQUESTS" AS "WEB_FETCH_REQUESTS",
    "U"."SEARCH_UNITS" AS "SEARCH_UNITS",
    "U"."TOOL_CALLS" AS "TOOL_CALLS",
    "U"."AUDIO_SECONDS" AS "AUDIO_SECONDS",
    "U"."PAGES" AS "PAGES",
    "U"."LIST_COST" AS "LIST_COST",
    "U"."BILLED_COST" AS "BILLED_COST",
    "U"."PRICE_ID" AS "PRICE_ID",
    "U"."PRICED_AT" AS "PRICED_AT"
  FROM "SPECBUDGET_ORDINARY_T" AS "U"
  JOIN "CLASSES_T" AS "K"
    ON "U"."PROVIDER" = "K"."PROVIDER"
    AND "U"."MODEL" = "K"."MODEL"
    AND COALESCE("U"."REQUEST_MODEL", '') = "K"."REQUEST_MODEL"
    AND COALESCE("U"."TIER", '') = "K"."TIER"
    AND COALESCE("U"."SERVICE_TIER", '') = "K"."SERVICE_TIER"
    AND COALESCE("U"."REGION", '') = "K"."REGION"
) AS "U"
GROUP BY
  "U"."PROVIDER",
  "U"."MODEL",
  COALESCE("U"."SERVICE_TIER", ''),
  COALESCE("U"."REGION", '');

-- under other terms
SELECT
  "X"."SPEC" AS "C0",
  "X"."TEST" AS "C1",
  "X"."OUTCOME" AS "C2",
  "X"."USAGE_STATE" AS "C3",
  SUM(CASE WHEN "X"."PART" = 0 THEN 1 ELSE 0 END) AS "C4"
FROM (
  SELECT
    "U"."ID" AS "ID",
    "U"."PART" AS "PART",
    "U"."DAY" AS "DAY",
    "U"."AT" AS "AT",
    "U"."CLOCK" AS "CLOCK",
    "U"."RUN" AS "RUN",
    "U"."PROVIDER" AS "PROVIDER",
    "U"."MODEL" AS "MODEL",
    "U"."REQUEST_MODEL" AS "REQUEST_MODEL",
    "U"."OPERATION" AS "OPERATION",
    "U"."SERVICE_TIER" AS "SERVICE_TIER",
    "U"."REGION" AS "REGION",
    "U"."SPEC" AS "SPEC",
    "U"."COMMAND" AS "COMMAND",
    "U"."STAGE" AS "STAGE",
    "U"."PHASE" AS "PHASE",
    "K"."CLASS" AS "TEST",
    "U"."TIER" AS "TIER",
    "U"."SOURCE" AS "SOURCE",
    "U"."OUTCOME" AS "OUTCOME",
    "U"."USAGE_STATE" AS "USAGE_STATE",
    "U"."FREE" AS "FREE",
    "U"."INPUT_TOKENS" AS "INPUT_TOKENS",
    "U"."OUTPUT_TOKENS" AS "OUTPUT_TOKENS",
    "U"."CACHE_READ_INPUT_TOKENS" AS "CACHE_READ_INPUT_TOKENS",
    "U"."CACHE_READ_AUDIO_INPUT_TOKENS" AS "CACHE_READ_AUDIO_INPUT_TOKENS",
    "U"."CACHE_READ_IMAGE_INPUT_TOKENS" AS "CACHE_READ_IMAGE_INPUT_TOKENS",
    "U"."CACHE_WRITE_INPUT_TOKENS" AS "CACHE_WRITE_INPUT_TOKENS",
    "U"."CACHE_WRITE_5M_INPUT_TOKENS" AS "CACHE_WRITE_5M_INPUT_TOKENS",
    "U"."CACHE_WRITE_1H_INPUT_TOKENS" AS "CACHE_WRITE_1H_INPUT_TOKENS",
    "U"."REASONING_OUTPUT_TOKENS" AS "REASONING_OUTPUT_TOKENS",
    "U"."INPUT_AUDIO_TOKENS" AS "INPUT_AUDIO_TOKENS",
    "U"."OUTPUT_AUDIO_TOKENS" AS "OUTPUT_AUDIO_TOKENS",
    "U"."INPUT_IMAGE_TOKENS" AS "INPUT_IMAGE_TOKENS",
    "U"."OUTPUT_IMAGE_TOKENS" AS "OUTPUT_IMAGE_TOKENS",
    "U"."WEB_SEARCH_REQUESTS" AS "WEB_SEARCH_REQUESTS",
    "U"."WEB_FETCH_REQUESTS" AS "WEB_FETCH_REQUESTS",
    "U"."SEARCH_UNITS" AS "SEARCH_UNITS",
    "U"."TOOL_CALLS" AS "TOOL_CALLS",
    "U"."AUDIO_SECONDS" AS "AUDIO_SECONDS",
    "U"."PAGES" AS "PAGES",
    "U"."LIST_COST" AS "LIST_COST",
    "U"."BILLED_COST" AS "BILLED_COST",
    "U"."PRICE_ID" AS "PRICE_ID",
    "U"."PRICED_AT" AS "PRICED_AT"
  FROM "SPECBUDGET_ORDINARY_T" AS "U"
  JOIN "CLASSES_T" AS "K"
    ON "U"."PROVIDER" = "K"."PROVIDER"
    AND "U"."MODEL" = "K"."MODEL"
    AND COALESCE("U"."REQUEST_MODEL", '') = "K"."REQUEST_MODEL"
    AND COALESCE("U"."TIER", '') = "K"."TIER"
    AND COALESCE("U"."SERVICE_TIER", '') = "K"."SERVICE_TIER"
    AND COALESCE("U"."REGION", '') = "K"."REGION"
) AS "X"
GROUP BY
  "X"."SPEC",
  "X"."TEST",
  "X"."OUTCOME",
  "X"."USAGE_STATE";

-- under other terms
SELECT
  "X"."ID" AS "C0",
  "X"."PART" AS "C1",
  "X"."DAY" AS "C2",
  "X"."AT" AS "C3",
  "X"."CLOCK" AS "C4",
  "X"."RUN" AS "C5",
  "X"."PROVIDER" AS "C6",
  "X"."MODEL" AS "C7",
  "X"."REQUEST_MODEL" AS "C8",
  "X"."OPERATION" AS "C9",
  "X"."SERVICE_TIER" AS "C10",
  "X"."REGION" AS "C11",
  "X"."SPEC" AS "C12",
  "X"."COMMAND" AS "C13",
  "X"."STAGE" AS "C14",
  "X"."PHASE" AS "C15",
  "X"."TEST" AS "C16",
  "X"."TIER" AS "C17",
  "X"."SOURCE" AS "C18",
  "X"."OUTCOME" AS "C19",
  "X"."USAGE_STATE" AS "C20",
  "X"."FREE" AS "C21",
  "X"."INPUT_TOKENS" AS "C22",
  "X"."OUTPUT_TOKENS" AS "C23",
  "X"."CACHE_READ_INPUT_TOKENS" AS "C24",
  "X"."CACHE_READ_AUDIO_INPUT_TOKENS" AS "C25",
  "X"."CACHE_READ_IMAGE_INPUT_TOKENS" AS "C26",
  "X"."CACHE_WRITE_INPUT_TOKENS" AS "C27",
  "X"."CACHE_WRITE_5M_INPUT_TOKENS" AS "C28",
  "X"."CACHE_WRITE_1H_INPUT_TOKENS" AS "C29",
  "X"."REASONING_OUTPUT_TOKENS" AS "C30",
  "X"."INPUT_AUDIO_TOKENS" AS "C31",
  "X"."OUTPUT_AUDIO_TOKENS" AS "C32",
  "X"."INPUT_IMAGE_TOKENS" AS "C33",
  "X"."OUTPUT_IMAGE_TOKENS" AS "C34",
  "X"."WEB_SEARCH_REQUESTS" AS "C35",
  "X"."WEB_FETCH_REQUESTS" AS "C36",
  "X"."SEARCH_UNITS" AS "C37",
  "X"."TOOL_CALLS" AS "C38",
  "X"."AUDIO_SECONDS" AS "C39",
  "X"."PAGES" AS "C40",
  "X"."LIST_COST" AS "C41",
  "X"."BILLED_COST" AS "C42",
  "X"."PRICE_ID" AS "C43",
  "X"."PRICED_AT" AS "C44"
FROM (
  SELECT
    "U"."ID" AS "ID",
    "U"."PART" AS "PART",
    "U"."DAY" AS "DAY",
    "U"."AT" AS "AT",
    "U"."CLOCK" AS "CLOCK",
    "U"."RUN" AS "RUN",
    "U"."PROVIDER" AS "PROVIDER",
    "U"."MODEL" AS "MODEL",
    "U"."REQUEST_MODEL" AS "REQUEST_MODEL",
    "U"."OPERATION" AS "OPERATION",
    "U"."SERVICE_TIER" AS "SERVICE_TIER",
    "U"."REGION" AS "REGION",
    "U"."SPEC" AS "SPEC",
    "U"."COMMAND" AS "COMMAND",
    "U"."STAGE" AS "STAGE",
    "U"."PHASE" AS "PHASE",
    "K"."CLASS" AS "TEST",
    "U"."TIER" AS "TIER",
    "U"."SOURCE" AS "SOURCE",
    "U"."OUTCOME" AS "OUTCOME",
    "U"."USAGE_STATE" AS "USAGE_STATE",
    "U"."FREE" AS "FREE",
    "U"."INPUT_TOKENS" AS "INPUT_TOKENS",
    "U"."OUTPUT_TOKENS" AS "OUTPUT_TOKENS",
    "U"."CACHE_READ_INPUT_TOKENS" AS "CACHE_READ_INPUT_TOKENS",
    "U"."CACHE_READ_AUDIO_INPUT_TOKENS" AS "CACHE_READ_AUDIO_INPUT_TOKENS",
    "U"."CACHE_READ_IMAGE_INPUT_TOKENS" AS "CACHE_READ_IMAGE_INPUT_TOKENS",
    "U"."CACHE_WRITE_INPUT_TOKENS" AS "CACHE_WRITE_INPUT_TOKENS",
    "U"."CACHE_WRITE_5M_INPUT_TOKENS" AS "CACHE_WRITE_5M_INPUT_TOKENS",
    "U"."CACHE_WRITE_1H_INPUT_TOKENS" AS "CACHE_WRITE_1H_INPUT_TOKENS",
    "U"."REASONING_OUTPUT_TOKENS" AS "REASONING_OUTPUT_TOKENS",
    "U"."INPUT_AUDIO_TOKENS" AS "INPUT_AUDIO_TOKENS",
    "U"."OUTPUT_AUDIO_TOKENS" AS "OUTPUT_AUDIO_TOKENS",
    "U"."INPUT_IMAGE_TOKENS" AS "INPUT_IMAGE_TOKENS",
    "U"."OUTPUT_IMAGE_TOKENS" AS "OUTPUT_IMAGE_TOKENS",
    "U"."WEB_SEARCH_REQUESTS" AS "WEB_SEARCH_REQUESTS",
    "U"."WEB_FETCH_REQUESTS" AS "WEB_FETCH_REQUESTS",
    "U"."SEARCH_UNITS" AS "SEARCH_UNITS",
    "U"."TOOL_CALLS" AS "TOOL_CALLS",
    "U"."AUDIO_SECONDS" AS "AUDIO_SECONDS",
    "U"."PAGES" AS "PAGES",
    "U"."LIST_COST" AS "LIST_COST",
    "U"."BILLED_COST" AS "BILLED_COST",
    "U"."PRICE_ID" AS "PRICE_ID",
    "U"."PRICED_AT" AS "PRICED_AT"
  FROM "SPECBUDGET_ORDINARY_T" AS "U"
  JOIN "CLASSES_T" AS "K"
    ON "U"."PROVIDER" = "K"."PROVIDER"
    AND "U"."MODEL" = "K"."MODEL"
    AND COALESCE("U"."REQUEST_MODEL", '') = "K"."REQUEST_MODEL"
    AND COALESCE("U"."TIER", '') = "K"."TIER"
    AND COALESCE("U"."SERVICE_TIER", '') = "K"."SERVICE_TIER"
    AND COALESCE("U"."REGION", '') = "K"."REGION"
) AS "X"
JOIN "SLOW_T" AS "S"
  ON "X"."TEST" = "S"."TEST"
  AND "X"."OUTCOME" = "S"."OUTCOME"
  AND "X"."USAGE_STATE" = "S"."USAGE_STATE";
