"""How many tokens a call can consume at most, by its request alone.

Input: every token that a model is given stands for at least one byte of text, or of the JSON around
it, which is longer than the marks that a provider puts around a message.  So a request has no more
tokens than its body has bytes.  That is four times too many for English, and never too few.
Source: https://github.com/openai/tiktoken ("It compresses the text: the token sequence is shorter
than the bytes corresponding to the original text"), checked 2026-11-22.

What a provider adds to the text of tools is bounded by `_ABOUT_TOOLS`.

Output: what the request asks for at most, reasoning included, for each answer that it asks for.

A request that points at something it does not hold has no bound: images and sound (which are not
counted by their bytes), stored prompts and conversations, files, tools that run at the provider.
What is not known to be plain text is taken for one of those.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.budgets.admission import Unbounded
from pytest_specbudget.budgets.pasting import bound_line
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.budgets.pasting import Entry
    from pytest_specbudget.core.exchange import Request

__all__ = ["Cached", "TokenBounds", "declaration", "token_bounds"]

Cached = Literal["", "5m", "1h"]
"""For how long a request asks the provider to keep its input: not at all, or so long."""

_BY_TOKENS = frozenset({"chat", "text_completion", "generate_content", "embeddings"})
"""Operations that are billed by the tokens of a text."""

_NOT_BY_TEXT = re.compile(r"search|sonar|research|compound|computer|image|audio|tts|router|auto\b")
"""Names of models that look things up on their own, answer in sound or pictures, or hand the call
to another model: what they consume does not follow from the text of a request."""

_ABOUT_TOOLS = 2_048
"""More tokens than a provider's own words about tools: four times the most that one publishes.

Source: https://docs.anthropic.com/en/docs/tool-use-pricing-and-tokens (530 for Claude 3 Opus, less
for the others), checked 2026-11-22."""

_OUTPUT_LIMITS: Mapping[str, str] = {
    "max_tokens": "",
    "max_completion_tokens": "",
    "max_output_tokens": "",
    "inferenceConfig": "maxTokens",  # Bedrock's Converse, Nova
    "max_tokens_to_sample": "",  # Anthropic, before Messages
    "options": "num_predict",  # Ollama
    "parameters": "max_new_tokens",  # Hugging Face, watsonx
    "textGenerationConfig": "maxTokenCount",  # Titan
    "max_gen_len": "",  # Llama on Bedrock
    "maxTokens": "",  # AI21
    "maximum_tokens": "",  # Aleph Alpha
}
_GEMINI_LIMITS: Mapping[str, str] = {
    "generationConfig": "maxOutputTokens",
    "generation_config": "max_output_tokens",
}
"""Where a request says how many tokens it wants at most: under a key, or under one within it.

Source: the request types of openai 3.54.0, anthropic 2.12.0 and google-genai 3.4.0; for the others
each provider's API reference."""

_CHOICES: Mapping[str, str] = {
    "n": "",
    "best_of": "",
    "num_generations": "",
    "generationConfig": "candidateCount",
}
"""Where a request says how many answers it wants."""

_CHOOSING = frozenset({*_CHOICES, "prompt"})

_CONTENT = frozenset(
    """
    messages input contents content system systemInstruction system_instruction prompt inputs
    requests chat_history documents
    """.split()  # noqa: SIM905 - a table of words reads better than a list of quotes
)
"""Where the text of a request stands."""

_ELSEWHERE = frozenset(
    """
    previous_response_id conversation previous_interaction_id agent cachedContent cached_content
    file_id file_ids connectors context_management mcp_servers container plugins models route
    search_parameters web_search_options additionalModelRequestFields promptVariables
    data_sources enable_search search_options web_search
    image images image_url audio video inlineData inline_data fileData file_data document modalities
    input_audio s3Location searchResult
    """.split()  # noqa: SIM905 - a table of words reads better than a list of quotes
)
"""Keys of what a request does not hold, or holds as something else than text."""

_PLAIN = frozenset(
    """
    text input_text output_text message refusal reasoning reasoning_text summary_text thinking
    redacted_thinking function function_call function_call_output custom custom_tool_call
    custom_tool_call_output tool_use tool_result default ephemeral
    """.split()  # noqa: SIM905 - a table of words reads better than a list of quotes
)
"""Types of what is text."""

_ANYTHING = frozenset({"input", "args", "arguments", "response", "json"})
"""Keys within the content that hold a tool's values, whose names mean nothing to us."""

_TOOLS = frozenset({"tools", "functions", "toolConfig"})
_NESTED = (dict, list)
_TOOLS_OF_THE_CLIENT = frozenset({"function", "custom"})
_TOOL_FORMS = frozenset(
    {"function", "functionDeclarations", "function_declarations", "toolSpec", "cachePoint"}
)


@value
class TokenBounds:
    """The most tokens that a call can consume.

    Attributes:
        input_tokens: All input.
        output_tokens: All output, of all answers that were asked for, reasoning included.
        cached: For how long the input is kept, for a price of its own.
    """

    input_tokens: int
    output_tokens: int
    cached: Cached = ""


def token_bounds(
    request: Request, operation: str, model: str | None, known: Entry | None = None
) -> TokenBounds | Unbounded:
    """Bound the tokens of *request* for an operation of *model*, or say why it has no bound.

    Args:
        request: What is to be sent.
        operation: What it asks for, as OpenTelemetry names that.
        model: The model that it names, if it names one.
        known: What settings say of its host, which what is proposed keeps.
    """
    why = _why_unbounded(request, operation, model)
    if why is not None:
        return Unbounded(why=why, remedy=declaration(request.host, model, known))
    document, body = request.document, request.body or b""
    output = 0 if operation == "embeddings" else _output(document)
    if output is None:
        declared = declaration(request.host, model, known)
        return Unbounded(
            why="it asks for no maximum of output tokens",
            remedy=f"ask for one (max_tokens or its like), or {declared}",
        )
    has_tools = not _TOOLS.isdisjoint(document)
    given = len(body) + _ABOUT_TOOLS if has_tools else len(body)
    return TokenBounds(
        input_tokens=given,
        output_tokens=output if _CHOOSING.isdisjoint(document) else output * _answers(document),
        cached=_cached(body),
    )


def declaration(host: str, model: str | None, known: Entry | None) -> str:
    """Say how to declare what a call of *model* to *host* costs at most, beside what is *known*."""
    line = bound_line(host, model, known)
    return f"declare in [tool.specbudget] the most that one call costs there:{line}"


def _why_unbounded(request: Request, operation: str, model: str | None) -> str | None:
    """Say why the text of a request tells nothing of what it costs at most; None if it does."""
    document = request.document
    if not document or request.body is None:
        return "its body could not be read"
    if operation not in _BY_TOKENS:
        return f'an operation like "{operation}" is not billed by tokens alone'
    if model is None or _NOT_BY_TEXT.search(model):
        return f'"{model}" is not billed by its text alone' if model else "it names no model"
    pointing = _pointing(document, has_tools=not _TOOLS.isdisjoint(document))
    return None if pointing is None else f'its "{pointing}" is more than the text that it holds'


def _output(document: Mapping[str, Any]) -> int | None:
    """Return the most tokens that one answer may have; of several limits, the highest."""
    return _highest(document, _GEMINI_LIMITS if "contents" in document else _OUTPUT_LIMITS)


def _answers(document: Mapping[str, Any]) -> int:
    """Return how many answers are asked for: to each prompt of a list, each of them."""
    most = _highest(document, _CHOICES) or 1
    prompts = document.get("prompt")
    several = isinstance(prompts, list) and not all(type(one) is int for one in prompts)
    return most * len(prompts or ()) if several else most


def _highest(document: Mapping[str, Any], places: Mapping[str, str]) -> int | None:
    highest = 0
    for key in places.keys() & document.keys():
        told = _at(document, key, places[key])
        if type(told) is int and told > highest:
            highest = told
    return highest or None


def _at(document: Mapping[str, Any], key: str, within: str) -> Any:
    told = document.get(key)
    if not within:
        return told
    return told.get(within) if isinstance(told, dict) else None


def _cached(body: bytes) -> Cached:
    if b'"prompt_cache_options"' in body and b'"12h"' in body:  # of OpenAI
        return "1h"
    if b'"cache_control"' not in body and b'"cachePoint"' not in body:
        return ""
    return "1h" if b'"1h"' in body else "5m"


def _pointing(document: Mapping[str, Any], *, has_tools: bool) -> str | None:
    """Name the first thing that the request does not hold as text, if there is one."""
    if not _ELSEWHERE.isdisjoint(document):
        return min(_ELSEWHERE & document.keys())
    if isinstance(document.get("prompt"), dict):  # a stored one, by its id
        return "prompt"
    if has_tools and (tool := _remote_tool(document)) is not None:
        return tool
    if _at(document, "generationConfig", "responseModalities") not in (None, ["TEXT"]):
        return "responseModalities"
    return _pointing_within([document[key] for key in _CONTENT & document.keys()])


def _pointing_within(nodes: list[Any]) -> str | None:
    while nodes:
        node = nodes.pop()
        if type(node) is list:
            nodes += node
        elif type(node) is dict:
            kind = node.get("type", "text")
            if kind not in _PLAIN:
                return str(kind)
            if not _ELSEWHERE.isdisjoint(node):
                return min(_ELSEWHERE & node.keys())
            for key, told in node.items():
                if type(told) in _NESTED and key not in _ANYTHING:
                    nodes.append(told)
    return None


def _remote_tool(document: Mapping[str, Any]) -> str | None:
    """Name the first tool that runs at the provider, if there is one."""
    for tool in _tools(document):
        kind = tool.get("type")
        if kind is None:
            names = tool.keys() - _TOOL_FORMS
            if names and "name" not in names:
                return str(min(names))
        elif kind not in _TOOLS_OF_THE_CLIENT:
            return str(kind)
    return None


def _tools(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for told in (document.get("tools"), _at(document, "toolConfig", "tools")):
        for tool in told if isinstance(told, list) else ():
            yield tool if isinstance(tool, dict) else {str(tool): None}
