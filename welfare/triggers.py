"""Rules between rows of funds that the database holds as the last line, whoever writes."""

from __future__ import annotations

from programs.triggers import merged_stays, merged_takes_nothing

FUNDS, RULE = "welfare_welfarefund", "welfare_merged_takes_nothing"
MERGED_TAKES_NOTHING = merged_takes_nothing(RULE, FUNDS, "fund_id")
MERGED_TAKES_NO_FILES = merged_takes_nothing(RULE, FUNDS, "subject_id")
FUND_STAYS = merged_stays(
    "welfare_merged_stays", FUNDS, ended="withdrawn_on", reason="withdrawal_reason"
)
