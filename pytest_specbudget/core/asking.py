"""What a request says that its cost follows from, by the keys at the top of its JSON body."""

from __future__ import annotations

__all__ = ["PROMPT", "WISHES", "bears_on_cost"]

PROMPT = (
    *("tools", "functions", "toolConfig", "response_format", "text"),
    *("system", "systemInstruction", "system_instruction", "instructions", "preamble"),
    *("chat_history", "messages", "contents", "input", "inputs", "prompt", "message"),
    *("documents", "query", "texts", "instances", "requests", "content", "suffix"),
)
"""Where a prompt stands in a request, in the order in which models are given it."""

WISHES = frozenset(
    """
    model n best_of num_generations stream max_tokens max_completion_tokens max_output_tokens
    max_tokens_to_sample maxTokens options parameters textGenerationConfig inferenceConfig
    generationConfig generation_config reasoning reasoning_effort thinking effort verbosity
    service_tier serviceTier speed modalities prediction web_search_options search_parameters
    tool_choice toolConfig dimensions size quality stop stop_sequences previous_response_id
    conversation background context_management mcp_servers container
    additionalModelRequestFields performanceConfig output_config
    """.split()  # noqa: SIM905 - a table of words reads better than a list of quotes
)
"""What a request says beside its prompt that its cost follows from.

Source: the request types of openai 3.54.0, anthropic 2.12.0 and google-genai 3.4.0."""


def bears_on_cost(place: str) -> bool:
    """Tell whether what stands at *place* (`$.messages[*].content`) can change what a call costs.

    False for what is known to change nothing and for what nobody knows, such as a new default.
    """
    if not place.startswith("$"):
        return True
    first = place[1:].lstrip(".[").split(".")[0].split("[")[0].strip("'\"]")
    return first in WISHES or first in PROMPT or first in {"", "*"}
