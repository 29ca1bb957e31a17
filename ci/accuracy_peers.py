"""What another library makes of the same answers: `PYTHON ci/accuracy_peers.py NAME < ROWS`.

Runs in a virtual environment that holds that library and nothing of ours; accuracy.py starts it.
Reads JSON lines `{id, url, family, model, document, counts, at}` and writes `{id, counts, cost}`,
each either a value, or `{"error": ...}`, or null where the library offers nothing of the kind.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Row = Mapping[str, Any]
    Asked = Callable[[Row], Any]

__all__: list[str] = []

_FLAVOURS = {
    "chat": ("chat", "default"),
    "completions": ("chat", "default"),
    "run": ("chat",),
    "responses": ("responses", "default"),
    "embeddings": ("embeddings", "default"),
    "invoke": ("default", "anthropic"),
}
_LITELLM_PROVIDERS = {
    "api.openai.com": "openai",
    ".openai.azure.com": "azure",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "gemini",
    "aiplatform.googleapis.com": "vertex_ai",
    ".amazonaws.com": "bedrock",
    "api.deepseek.com": "deepseek",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral",
    "api.cohere.com": "cohere",
    "api.x.ai": "xai",
    "openrouter.ai": "openrouter",
    "api.together.xyz": "together_ai",
}


def main(name: str) -> None:
    """Answer every row on standard input."""
    extract, price = _LIBRARIES[name]()
    for line in sys.stdin:
        row = json.loads(line)
        told = {"id": row["id"], "counts": _asked(extract, row)}
        told["cost"] = _asked(price, row) if row["priced"] else None
        print(json.dumps(told), flush=True)


def _asked(ask: Asked | None, row: Row) -> Any:
    """Return the answer, or the library's own refusal as a value."""
    if ask is None:
        return None
    try:
        return ask(row)
    except Exception as refusal:  # noqa: BLE001 - whatever it raises is its way to say no
        return {"error": f"{type(refusal).__name__}: {refusal}"[:200]}


def _genai_prices() -> tuple[Asked, Asked]:
    library: Any = import_module("genai_prices")

    def extract(row: Row) -> dict[str, int]:
        *first, last = _FLAVOURS.get(row["family"], ("default",))
        for flavour in first:
            with suppress(ValueError):  # it has no such flavour for this provider
                return counts(row, flavour)
        return counts(row, last)

    def counts(row: Row, flavour: str) -> dict[str, int]:
        usage = library.extract_usage(
            row["document"], provider_api_url=row["url"], api_flavor=flavour
        ).usage
        return {
            "input_tokens": usage.input_tokens or 0,
            "output_tokens": usage.output_tokens or 0,
            "cache_read_input_tokens": usage.cache_read_tokens or 0,
            "cache_write_input_tokens": usage.cache_write_tokens or 0,
        }

    def price(row: Row) -> str:
        counts = row["counts"]
        usage = library.Usage(
            input_tokens=counts["input_tokens"],
            output_tokens=counts["output_tokens"],
            cache_read_tokens=counts["cache_read_input_tokens"],
            cache_write_tokens=counts["cache_write_input_tokens"],
        )
        made = library.calc_price(
            usage,
            row["model"],
            provider_api_url=row["url"],
            genai_request_timestamp=datetime.fromisoformat(row["at"]),
        )
        return str(made.total_price)

    return extract, price


def _litellm() -> tuple[Asked, Asked]:
    library: Any = import_module("litellm")

    readers = _litellm_readers()

    def extract(row: Row) -> dict[str, int] | None:
        if row["family"] not in readers:
            return None
        usage = readers[row["family"]](row["document"])
        details = getattr(usage, "prompt_tokens_details", None)
        return {
            "input_tokens": usage.prompt_tokens or 0,
            "output_tokens": usage.completion_tokens or 0,
            "cache_read_input_tokens": getattr(details, "cached_tokens", None) or 0,
            "cache_write_input_tokens": getattr(details, "cache_creation_tokens", None) or 0,
        }

    def price(row: Row) -> str:
        counts = row["counts"]
        provider = next(
            (ours for host, ours in _LITELLM_PROVIDERS.items() if host in row["url"]), ""
        )
        costs = library.cost_per_token(
            model=f"openrouter/{row['model']}" if provider == "openrouter" else row["model"],
            custom_llm_provider=provider or None,
            prompt_tokens=counts["input_tokens"],
            completion_tokens=counts["output_tokens"],
            cache_read_input_tokens=counts["cache_read_input_tokens"],
            cache_creation_input_tokens=counts["cache_write_input_tokens"],
            call_type="embedding" if row["family"] == "embeddings" else "completion",
        )
        return str(sum(costs))

    return extract, price


def _litellm_readers() -> dict[str, Callable[[Any], Any]]:
    """Return where it turns a provider's counts into its own, by the shape of the answer."""
    anthropic: Any = import_module("litellm.llms.anthropic.chat.transformation")
    bedrock: Any = import_module("litellm.llms.bedrock.chat.converse_transformation")
    gemini: Any = import_module("litellm.llms.vertex_ai.gemini.vertex_and_google_ai_studio_gemini")
    responses: Any = import_module("litellm.responses.utils").ResponseAPILoggingUtils
    types: Any = import_module("litellm.types.utils")

    def of_openai(document: Any) -> Any:
        return types.Usage(**document["usage"])

    def of_anthropic(document: Any) -> Any:
        return anthropic.AnthropicConfig().calculate_usage(document["usage"], None)

    def of_bedrock(document: Any) -> Any:
        return bedrock.AmazonConverseConfig().transform_usage(document["usage"])

    def of_responses(document: Any) -> Any:
        # what its own logging calls; it has no public name
        return responses._transform_response_api_usage_to_chat_usage(document["usage"])  # noqa: SLF001 - see above

    return {
        "chat": of_openai,
        "completions": of_openai,
        "embeddings": of_openai,
        "messages": of_anthropic,
        "generate": gemini.VertexGeminiConfig._calculate_usage,  # noqa: SLF001 - likewise
        "converse": of_bedrock,
        "responses": of_responses,
    }


def _tokencost() -> tuple[None, Asked]:
    library: Any = import_module("tokencost")

    def price(row: Row) -> str:
        counts = row["counts"]
        cached = counts["cache_read_input_tokens"]
        asked = {"input": counts["input_tokens"] - cached, "output": counts["output_tokens"]}
        if cached:
            asked["cached"] = cached
        return str(
            sum(
                library.calculate_cost_by_tokens(count, row["model"], kind)
                for kind, count in asked.items()
                if count
            )
        )

    return None, price


_LIBRARIES: dict[str, Callable[[], tuple[Asked | None, Asked | None]]] = {
    "genai-prices": _genai_prices,
    "litellm": _litellm,
    "tokencost": _tokencost,
}


if __name__ == "__main__":
    main(sys.argv[1])
