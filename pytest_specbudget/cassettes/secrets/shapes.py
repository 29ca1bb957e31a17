"""Credentials that are known by how they look, wherever they stand.

Each begins with letters that its issuer chose so that scanners find it, and goes on with a number
of characters that are not in doubt.  One pattern knows all beginnings; only what begins so is
looked at again.  Bytes in, places out.

Source: the issuers' own documentation of their prefixes as far as it is public, and recordings;
where the length is not fixed, the shortest that is in use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["BEGINNING", "LATER", "SHAPES", "Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind of credential looks.

    Attributes:
        kind: What it is called.
        pattern: From its beginning on.
        is_plain: Whether it begins without `-` or `_`, so that base64 may hold the same letters.
    """

    kind: str
    pattern: re.Pattern[bytes]
    is_plain: bool


def _shapes() -> dict[bytes, Shape]:
    found = {}
    for row in _TABLE.strip().splitlines():
        kind, beginnings, rest = re.split(r"  +", row.strip())
        for beginning in beginnings.split():
            pattern = re.compile((re.escape(beginning) + rest).encode())
            found[beginning.encode()] = Shape(kind, pattern, is_plain=beginning.isalnum())
    return found


# kind, beginnings, how it goes on
_TABLE = r"""
OpenAI or compatible key    sk-            (?=[\w-]*\d)[\w-]{16,}
OpenAI session              sess-          [A-Za-z0-9]{32,}
OpenAI ephemeral key        ek_            [A-Za-z0-9]{30,}
OpenAI organisation         org-           (?=[A-Za-z0-9]*\d)[A-Za-z0-9]{20,}(?![\w-])
OpenAI project              proj_          (?=[A-Za-z0-9]*\d)[A-Za-z0-9]{20,}(?![\w-])
OpenAI user                 user-          (?=[a-z]*[A-Z\d])[A-Za-z0-9]{20,}(?![\w-])
Google API key              AIza           [\w-]{30,}
Google OAuth token          ya29.          [\w.-]{20,}
Google refresh token        1//0           [\w-]{24,}
Google client secret        GOCSPX-        [\w-]{20,}
Groq key                    gsk_           \w{20,}
xAI key                     xai-           \w{20,}
Hugging Face token          hf_ api_org_   [A-Za-z0-9]{20,}
Replicate token             r8_            [A-Za-z0-9]{30,}
Perplexity key              pplx-          [A-Za-z0-9]{32,}
Fireworks key               fw_            [A-Za-z0-9]{20,}
Cerebras key                csk-           [a-z0-9]{30,}
NVIDIA key                  nvapi-         [\w-]{32,}
Voyage key                  pa-            (?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{32,}
Tavily key                  tvly-          (?=[\w-]*\d)[\w-]{20,}
Jina key                    jina_          \w{40,}
Pinecone key                pcsk_          \w{30,}
LangSmith key               lsv2_ ls__     \w{30,}
Weights & Biases key        wandb_v1_      \w{30,}
Firecrawl key               fc-            [0-9a-f]{32}
E2B key                     e2b_           [0-9a-f]{32,}
AWS access key              AKIA ASIA ABIA ACCA  [A-Z0-9]{16}(?![A-Za-z0-9+/])
AWS Bedrock key             ABSK bedrock-api-key-  [A-Za-z0-9+/]{60,}={0,2}
Databricks token            dapi dkea      [0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9])
GitHub token                ghp_ gho_ ghu_ ghs_ ghr_  [A-Za-z0-9]{30,}
GitHub token                github_pat_    \w{22,}
GitLab token                glpat- gldt- glrt- glptt- glcbt-  [\w.-]{20,}
GitLab token                glsoat- glft- glimt- glagent-  [\w.-]{20,}
Slack token                 xoxa- xoxb- xoxc- xoxd- xoxe- xoxe.  (?=[\w.%-]{0,99}\d)[\w.%-]{10,}
Slack token                 xoxo- xoxp- xoxr- xoxs- xapp-  (?=[\w.%-]{0,99}\d)[\w.%-]{10,}
Slack webhook               hooks.slack.com/services/  T\w+/B\w+/\w{16,}
Discord webhook             discord.com/api/webhooks/ discordapp.com/api/webhooks/  \d+/[\w-]{40,}
Stripe key                  sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_  [A-Za-z0-9]{10,}
ElevenLabs key              sk_            [0-9a-f]{40,}
Webhook secret              whsec_         [A-Za-z0-9+/]{24,}={0,2}
SendGrid key                SG.            [\w-]{16,}\.[\w-]{16,}
Twilio key                  SK             [0-9a-f]{32}(?![A-Za-z0-9])
Twilio account              AC             [0-9a-f]{32}(?![A-Za-z0-9])
Mailgun key                 key-           [0-9a-f]{32}(?![A-Za-z0-9])
npm token                   npm_           [A-Za-z0-9]{30,}
PyPI token                  pypi-          AgE[\w-]{40,}
RubyGems key                rubygems_      [0-9a-f]{40,}
Docker token                dckr_pat_ dckr_oat_  [\w-]{20,}
DigitalOcean token          dop_v1_ doo_v1_ dor_v1_  [0-9a-f]{60,}
Alibaba access key          LTAI           [A-Za-z0-9]{16,20}(?![A-Za-z0-9+/=])
Linear key                  lin_api_ lin_oauth_  [A-Za-z0-9]{32,}
Notion token                ntn_ secret_   [A-Za-z0-9]{40,}
Figma token                 figd_ figu_    [\w-]{30,}
Atlassian token             ATATT3 ATCTT3  [\w=-]{40,}
Shopify token               shpat_ shpca_ shppa_ shpss_  [0-9a-fA-F]{32}
Supabase token              sbp_ sb_secret_  \w{30,}
Sentry token                sntrys_ sntryu_  [\w+/=-]{40,}
PostHog key                 phx_           \w{30,}
New Relic key               NRAK-          [A-Z0-9]{27}
Grafana token               glsa_ glc_     [\w+/=-]{30,}
HashiCorp Vault token       hvs. hvb. hvr.  [\w-]{24,}
Doppler token               dp.pt. dp.st. dp.ct. dp.sa. dp.scim.  [\w.-]{30,}
Heroku key                  HRKU-          [\w-]{30,}
age key                     AGE-SECRET-KEY-1  [A-Z0-9]{58}
JSON web token              eyJ            [\w-]{8,}\.(?:[\w-]{8,}\.[\w-]*|\.[\w-]{8,})(?:\.[\w-]+)*
"""

SHAPES = _shapes()
"""Each shape under its beginning."""


def _any_of(beginnings: Iterable[bytes]) -> bytes:
    """Write a pattern for *beginnings*, the longest first, that asks for the first letter once."""
    by_letter: dict[bytes, list[bytes]] = {}
    for beginning in sorted(beginnings, key=len, reverse=True):
        by_letter.setdefault(beginning[:1], []).append(re.escape(beginning[1:]))
    groups = (letter + b"(?:" + b"|".join(rest) + b")" for letter, rest in by_letter.items())
    return b"(?=[" + b"".join(by_letter) + b"])(?:" + b"|".join(groups) + b")"


_ANY = _any_of(SHAPES)
BEGINNING = re.compile(_ANY)
"""How one of them may begin."""
LATER = re.compile(rb"[/+.~](?=(" + _ANY + rb"))")
"""Where one of them may begin in the middle of a run; after other characters it is a part."""
