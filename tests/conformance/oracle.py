"""What a recorded answer consumed, after its provider's own definitions: a second opinion.

Plain on purpose: whole bodies, no streaming, no damage, no import from the project.  Where the
project's readers and this page differ, one of them has misread a definition.

Source: the type definitions of the SDKs `openai` 3.54.0, `anthropic` 2.12.0, `google-genai` 3.4.0,
`cohere` 7.3.1, `groq` 1.7.0 and `mistralai` 3.7.0; AWS's pages on TokenUsage and CacheDetail;
xAI's page on prompt caching (checked 2026-11-21).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from conformance.recorded import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.recorded import Answer

    Counts = Mapping[str, int]
    Documents = list[dict[str, Any]]
    Rule = Callable[[Documents, Answer], Counts]

__all__ = ["COUNTS", "Truth", "named", "retrieved", "truth"]

COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "cache_write_1h_input_tokens",
    "reasoning_output_tokens",
    "web_search_requests",
    "search_units",
)
"""The counts that are compared; input and output are totals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What one exchange is.

    Attributes:
        family: Which rule read it: `chat`, `messages`, ...
        counts: What was reported, without zeros; empty where a call failed or nothing was told.
        failed: Whether it was answered with an error, which costs nothing.
        model: Who answered or, if the answer does not tell, who was asked; None if neither tells.
        stated_total: All tokens, as the answer itself adds them up; 0 if it does not.
        stated_cost: What the answer says that it costs, in USD and as written, or None.
    """

    family: str
    counts: Counts
    failed: bool
    model: str | None
    stated_total: int
    stated_cost: str | None


def truth(answer: Answer) -> Truth | None:
    """Return what *answer* consumed; None if no model was asked."""
    found = _family(answer) if answer.method == "POST" else None
    if found is None:
        return None
    family, rule, in_path = found
    failed = answer.status >= 400
    told = documents(answer.body)
    counts = {} if failed else rule(told, answer)
    return Truth(
        family=family,
        counts={name: count for name, count in counts.items() if count},
        failed=failed,
        model=_model(told) or _asked(answer).get("model") or in_path,
        stated_total=_stated_total(told),
        stated_cost=_stated_cost(told),
    )


def retrieved(answer: Answer) -> tuple[str, Counts] | None:
    """Return the id of work that was begun before, and its counts, if *answer* tells them.

    No model is asked then, and however often somebody asks, the work counts once.
    """
    found = re.search(RETRIEVED, f"{answer.url.partition('?')[0]}")
    told = documents(answer.body)
    if answer.method != "GET" or found is None or not told or answer.status != 200:
        return None
    rule = _interactions if found["kind"] == "interactions" else _responses
    counts = (_chat if found["kind"] == "runs" else rule)(told[-1:], answer)
    return (found["id"], counts) if counts.get("input_tokens") else None


def named(answer: Answer) -> str | None:
    """Return the name of the one document that answered; None if it has none."""
    told = documents(answer.body)
    return str(told[0]["id"]) if len(told) == 1 and told[0].get("id") else None


def _family(answer: Answer) -> tuple[str, Rule, str | None] | None:
    parts = urlsplit(answer.url)
    place = f"{parts.hostname or ''}{unquote(parts.path)}"
    for family, (pattern, rule) in FAMILIES.items():
        match = re.search(pattern, place)
        if match:
            return family, rule, match.groupdict().get("model")
    return None


def _asked(answer: Answer) -> dict[str, Any]:
    return (documents(answer.sent) or [{}])[0]


def _model(told: Documents) -> str | None:
    for one in told:
        inner = one.get("response") or one.get("message") or {}
        named = one.get("model") or one.get("modelVersion")
        named = named or (inner.get("model") if isinstance(inner, dict) else None)
        if isinstance(named, str) and named:
            return named
    return None


def _stated_total(told: Documents) -> int:
    """Return the total of the object whose parts the rules read."""
    places = ("usage",), ("x_groq", "usage"), ("response", "usage"), ("metadata", "usage")
    usage = next((found for path in places if (found := _last(told, *path))), {})
    stated = _number(usage, "total_tokens", "totalTokens")
    return stated or _number(_last(_counted(told), "usageMetadata"), "totalTokenCount")


def _stated_cost(told: Documents) -> str | None:
    usage = _last(told, "usage")
    cost = usage.get("cost")
    return str(cost) if isinstance(cost, int | float) and not usage.get("is_byok") else None


def _last(told: Documents, *path: str) -> dict[str, Any]:
    """Return the last object that stands at *path*: counts in a stream replace, never add up."""
    found: dict[str, Any] = {}
    for one in told:
        here: Any = one
        for name in path:
            here = here.get(name) if isinstance(here, dict) else None
        found = here if isinstance(here, dict) and here else found
    return found


def _number(within: Any, *names: str) -> int:
    """Return the first of *names* that holds a number, else 0."""
    if isinstance(within, dict):
        for name in names:
            if isinstance(within.get(name), int | float | str) and within[name] != "":
                return int(float(within[name]))
    return 0


# OpenAI's shape, and those who speak it in their own way


def _chat(told: Documents, answer: Answer) -> Counts:
    usage = _last(told, "usage") or _last(told, "x_groq", "usage")
    prompt, completion = _number(usage, "prompt_tokens"), _number(usage, "completion_tokens")
    details = usage.get("prompt_tokens_details") or {}
    thought = _number(usage.get("completion_tokens_details"), "reasoning_tokens")
    total = _number(usage, "total_tokens")
    if "googleapis.com" in answer.url and total > prompt + completion:
        thought = total - prompt - completion  # thinking shows in the total alone
        completion += thought
    if "//api.x.ai" in answer.url:
        completion += thought  # reasoning stands beside the completion
    if "//api.mistral.ai" in answer.url:
        prompt += _number(details, "audio_tokens")  # audio stands beside the prompt
    return {
        "input_tokens": prompt,
        "output_tokens": completion,
        "reasoning_output_tokens": thought,
        "cache_read_input_tokens": _number(details, "cached_tokens")
        or _number(usage, "prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens")
        or _number(usage, "cache_read_input_tokens"),
        "cache_write_input_tokens": _number(details, "cache_write_tokens")
        or _number(usage, "cache_creation_input_tokens"),
        "web_search_requests": _number(usage.get("server_tool_use_details"), "web_search_requests"),
    }


def _responses(told: Documents, _answer: Answer) -> Counts:
    whole = _last(told, "response") or (told[-1] if told else {})
    usage = whole.get("usage") or {}
    details = usage.get("input_tokens_details") or {}
    return {
        "input_tokens": _number(usage, "input_tokens"),
        "output_tokens": _number(usage, "output_tokens"),
        "reasoning_output_tokens": _number(usage.get("output_tokens_details"), "reasoning_tokens"),
        "cache_read_input_tokens": _number(details, "cached_tokens"),
        "cache_write_input_tokens": _number(
            details, "cache_write_tokens", "cache_creation_input_tokens"
        ),
        "web_search_requests": _searches(whole),
    }


def _searches(whole: Mapping[str, Any]) -> int:
    """Count billable searches: as stated, else the calls that searched and did not just open.

    The first answers with searches do not tell what a call did, since all it could do was search.
    """
    stated = whole.get("tool_usage") or {}
    if "web_search" in stated:
        return _number(stated["web_search"], "num_requests")
    calls = [one for one in whole.get("output") or () if one.get("type") == "web_search_call"]
    return sum((one.get("action") or {}).get("type", "search") == "search" for one in calls)


def _embeddings(told: Documents, _answer: Answer) -> Counts:
    usage = _last(told, "usage")
    return {"input_tokens": _number(usage, "prompt_tokens", "total_tokens")}


def _run(told: Documents, _answer: Answer) -> Counts:
    """Read a streamed run of an assistant: the run is the total, its steps are the parts."""
    runs = [one for one in told if one.get("object") == "thread.run"]
    return _chat(runs, _answer)


# Anthropic


def _messages(told: Documents, _answer: Answer) -> Counts:
    usage = {**_last(told, "message", "usage")}
    for one in told:
        if one.get("type") in ("message", "message_delta"):  # cumulative: what is told replaces
            usage |= {name: count for name, count in one["usage"].items() if count is not None}
    steps = usage.get("iterations") or []
    if any(step.get("type") != "message" for step in steps):
        thought = _number(usage.get("output_tokens_details"), "thinking_tokens")
        # compaction and advisors are in no other count; what was thought is told of the whole
        return {**_sum(map(_anthropic, steps)), "reasoning_output_tokens": thought}
    return _anthropic(usage)


def _anthropic(usage: Mapping[str, Any]) -> Counts:
    read = _number(usage, "cache_read_input_tokens")
    written = _number(usage, "cache_creation_input_tokens")
    return {
        "input_tokens": _number(usage, "input_tokens") + read + written,
        "output_tokens": _number(usage, "output_tokens"),
        "cache_read_input_tokens": read,
        "cache_write_input_tokens": written,
        "cache_write_1h_input_tokens": _number(
            usage.get("cache_creation"), "ephemeral_1h_input_tokens"
        ),
        "reasoning_output_tokens": _number(usage.get("output_tokens_details"), "thinking_tokens"),
        "web_search_requests": _number(usage.get("server_tool_use"), "web_search_requests"),
    }


def _sum(several: Iterable[Counts]) -> Counts:
    total: dict[str, int] = {}
    for counts in several:
        for name, count in counts.items():
            total[name] = total.get(name, 0) + count
    return total


# Google


def _generate(told: Documents, _answer: Answer) -> Counts:
    usage = _last(_counted(told) or told, "usageMetadata")
    thought = _number(usage, "thoughtsTokenCount")
    given = _number(usage, "promptTokenCount") + _number(usage, "toolUsePromptTokenCount")
    said = _number(usage, "candidatesTokenCount")
    holds_thoughts = _number(usage, "totalTokenCount") == given + said  # in the first previews
    return {
        "input_tokens": given,
        "output_tokens": said if holds_thoughts else said + thought,
        "cache_read_input_tokens": _number(usage, "cachedContentTokenCount"),
        "reasoning_output_tokens": thought,
    }


def _counted(told: Documents) -> Documents:
    """Return the events that tell of a prompt; Vertex's first ones tell of the traffic alone."""
    return [one for one in told if "promptTokenCount" in one.get("usageMetadata", {})]


def _predict(told: Documents, _answer: Answer) -> Counts:
    told_of = [one.get("embeddings") or {} for one in told[0].get("predictions") or ()]
    return {"input_tokens": sum(_number(one.get("statistics"), "token_count") for one in told_of)}


def _interactions(told: Documents, _answer: Answer) -> Counts:
    usage = _last(told, "interaction", "usage") or _last(told, "usage")
    thought = _number(usage, "total_thought_tokens", "total_reasoning_tokens")
    return {
        "input_tokens": _number(usage, "total_input_tokens")
        + _number(usage, "total_tool_use_tokens"),
        "output_tokens": _number(usage, "total_output_tokens") + thought,
        "cache_read_input_tokens": _number(usage, "total_cached_tokens"),
        "reasoning_output_tokens": thought,
    }


# AWS


def _converse(told: Documents, _answer: Answer) -> Counts:
    return _aws(_last(told, "metadata", "usage") or _last(told, "usage"))


def _aws(usage: Mapping[str, Any]) -> Counts:
    read = _number(usage, "cacheReadInputTokens", "cacheReadInputTokenCount")
    written = _number(usage, "cacheWriteInputTokens", "cacheWriteInputTokenCount")
    kept = [one for one in usage.get("cacheDetails") or () if one.get("ttl") == "1h"]
    return {
        "input_tokens": _number(usage, "inputTokens") + read + written,
        "output_tokens": _number(usage, "outputTokens"),
        "cache_read_input_tokens": read,
        "cache_write_input_tokens": written,
        "cache_write_1h_input_tokens": sum(_number(one, "inputTokens") for one in kept),
    }


def _invoke(told: Documents, answer: Answer) -> Counts:
    """Read the counts of the model's family; where it has none, those in the headers."""
    for rule in (_native_anthropic, _converse, _native_titan, _native_llama, _chat):
        counts = rule(told, answer)
        if counts.get("input_tokens") and counts.get("output_tokens"):
            return counts
    return _metered(answer) or _stream_metrics(told)


def _native_anthropic(told: Documents, answer: Answer) -> Counts:
    typed = any(one.get("type") in ("message", "message_start") for one in told)
    return _messages(told, answer) if typed else {}


def _native_titan(told: Documents, _answer: Answer) -> Counts:
    results = [each for one in told for each in one.get("results") or ()]
    whole = [_number(one, "totalOutputTextTokenCount") for one in told]
    return {
        "input_tokens": max((_number(one, "inputTextTokenCount") for one in told), default=0),
        "output_tokens": max(whole, default=0)
        or sum(_number(one, "tokenCount") for one in results),
    }


def _native_llama(told: Documents, _answer: Answer) -> Counts:
    prompts = [_number(one, "prompt_token_count") for one in told]
    outputs = [_number(one, "generation_token_count") for one in told]
    return {"input_tokens": max(prompts, default=0), "output_tokens": max(outputs, default=0)}


def _metered(answer: Answer) -> Counts:
    def header(name: str) -> int:
        return _number(answer.headers, f"x-amzn-bedrock-{name}-token-count")

    read, written = header("cache-read-input"), header("cache-write-input")
    counts = {
        "input_tokens": header("input") + read + written,
        "output_tokens": header("output"),
        "cache_read_input_tokens": read,
        "cache_write_input_tokens": written,
    }
    return counts if any(counts.values()) else {}


def _stream_metrics(told: Documents) -> Counts:
    metrics = _last(told, "amazon-bedrock-invocationMetrics")
    return {
        "input_tokens": _number(metrics, "inputTokenCount"),
        "output_tokens": _number(metrics, "outputTokenCount"),
    }


def _agent(told: Documents, _answer: Answer) -> Counts:
    """Add up the model's answers in an agent's trace; without a trace nothing is reported."""
    return _sum(_aws(usage) for one in told for usage in _usages(one.get("trace")))


def _usages(trace: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(trace, dict):
        output = trace.get("modelInvocationOutput")
        if output:
            yield output.get("metadata", {}).get("usage", {})
        for inner in trace.values():
            yield from _usages(inner)


# The rest


def _cohere(told: Documents, _answer: Answer) -> Counts:
    """Read what is invoiced: `billed_units`, not `tokens`."""
    places = ("meta",), ("usage",), ("response", "meta"), ("delta", "usage")
    usage = next((found for path in places if (found := _last(told, *path))), {})
    billed = usage.get("billed_units") or {}
    return {
        "input_tokens": _number(billed, "input_tokens"),
        "output_tokens": _number(billed, "output_tokens"),
        "search_units": _number(billed, "search_units"),
        "cache_read_input_tokens": _number(usage, "cached_tokens")
        or _number(usage.get("tokens"), "cached_tokens"),
        "reasoning_output_tokens": _number(usage.get("tokens"), "reasoning_tokens"),
    }


def _ollama(told: Documents, _answer: Answer) -> Counts:
    last = told[-1] if told else {}
    return {
        "input_tokens": _number(last, "prompt_eval_count"),
        "output_tokens": _number(last, "eval_count"),
    }


def _watsonx(told: Documents, _answer: Answer) -> Counts:
    results = [each for one in told for each in one.get("results") or ()]  # cumulative
    asked = [_number(one, "input_token_count") for one in results]
    made = [_number(one, "generated_token_count") for one in results]
    return {"input_tokens": max(asked, default=0), "output_tokens": max(made, default=0)}


def _aleph_alpha(told: Documents, _answer: Answer) -> Counts:
    last = told[-1] if told else {}
    return {
        "input_tokens": _number(last, "num_tokens_prompt_total"),
        "output_tokens": _number(last, "num_tokens_generated"),
    }


def _text_generation(_told: Documents, answer: Answer) -> Counts:
    return {
        "input_tokens": _number(answer.headers, "x-prompt-tokens"),
        "output_tokens": _number(answer.headers, "x-generated-tokens"),
    }


def _nothing(_told: Documents, _answer: Answer) -> Counts:
    return {}


_BEDROCK = r"bedrock-runtime\.[^/]*/model/(?P<model>.+)"
_GOOGLE = r"/models/(?P<model>[^/:]+):"

FAMILIES: Mapping[str, tuple[str, Rule]] = {
    "cohere": (r"api\.cohere\.(?:com|ai)/v\d/(?:chat|generate|embed|rerank)$", _cohere),
    "writer": (r"api\.writer\.com/v1/(?:chat|completions)$", _chat),
    "aleph-alpha": (r"api\.aleph-alpha\.com/complete$", _aleph_alpha),
    "voyage": (r"api\.voyageai\.com/v1/(?:embeddings|rerank)$", _embeddings),
    "text-generation": (r"\.endpoints\.huggingface\.cloud/?$", _text_generation),
    "sagemaker": (r"runtime\.sagemaker\.[^/]*/endpoints/[^/]+/invocations", _nothing),
    "watsonx": (r"\.ml\.cloud\.ibm\.com/ml/[^/]+/(?:text/)?(?:generation|chat)", _watsonx),
    "replicate": (r"api\.replicate\.com/v1/(?:models/.+/)?predictions$", _nothing),
    "ollama": (r"/api/(?:chat|generate|embed|embeddings)$", _ollama),
    "converse": (_BEDROCK + r"/converse(?:-stream)?$", _converse),
    "invoke": (_BEDROCK + r"/invoke(?:-with-response-stream)?$", _invoke),
    "agent": (r"bedrock-agent-runtime\.[^/]*/(?:agents/|retrieveAndGenerate)", _agent),
    "generate": (_GOOGLE + r"(?:streamGenerateContent|generateContent)$", _generate),
    "embed": (_GOOGLE + r"(?:embedContent|batchEmbedContents)$", _generate),
    "predict": (_GOOGLE + r"predict$", _predict),
    "interactions": (r"/v1beta/interactions$", _interactions),
    "chat": (r"/chat/completions$", _chat),
    "completions": (r"/(?:v1|deployments/[^/]+)/completions$", _chat),
    "responses": (r"/responses(?:/compact)?$", _responses),
    "embeddings": (r"/embeddings$", _embeddings),
    "run": (r"/threads/[^/]+/runs(?:/[^/]+/submit_tool_outputs)?$", _run),
    "images": (r"/v1/images/(?:generations|edits)$", _responses),
    "anthropic-complete": (r"api\.anthropic\.com/v1/complete$", _nothing),
    "messages": (r"(?<!/threads)(?:/v1|\.com)/messages$", _messages),
}
"""Where a model is asked, and how the answer counts; the first that fits wins."""

RETRIEVED = r"/(?P<kind>responses|runs|interactions)/(?P<id>[^/:]+)$"
"""Where somebody asks how far a call in the background, a run or an interaction has come."""
