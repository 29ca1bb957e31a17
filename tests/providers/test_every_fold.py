"""What must hold for the fold of every route, whatever it is fed: it never stumbles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import ask, encoded, sse

from pytest_specbudget.providers import Listener
from pytest_specbudget.providers.fold import Asked
from pytest_specbudget.providers.routes import ROUTES

if TYPE_CHECKING:
    from pytest_specbudget.providers.route import Route

WORDS = """
    usage meta billed_units tokens input_tokens output_tokens image_tokens search_units
    cached_tokens reasoning_tokens response delta error type is_finished message-end id model
    results model_id input_token_count generated_token_count stop_reason not_finished
    details generated_tokens input_length prefill generated_text result text response_id
    metadata duration channels model_info arch metrics input_token_count output_token_count status
    usage_info pages_processed num_tokens_prompt_total num_tokens_generated total_tokens
    connectors connector_tokens transcripts audio_duration_secs words channel_index summary_info
    models total_tokens image_count prompt_eval_cached_count text_tokens pages images
    image_pixels prompt_tokens completion_tokens choices
    stats total_output_tokens stop tokens_evaluated inference_status tokens_input cost
    inputTokens outputTokens total cacheRead providerMetadata gateway marketCost routing
    interaction steps arguments queries grounding_tool_count count total_input_tokens
    output_tokens_by_modality modality message x_groq executed_tools index tool_calls_details
    invocation server_tool_use code_execution_requests fallback_credit is_byok cost_details
    prompt_tokens_details cache_creation_token_details ephemeral_1h_input_tokens
    model_grader_token_usage_per_model
"""
HEADERS = ("x-prompt-tokens", "X-Generated-Tokens", "x-compute-tokens", "dg-model-name")

words = st.sampled_from(WORDS.split())
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
headers = st.dictionaries(st.sampled_from(HEADERS), st.text(max_size=4))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ROUTES),
    st.dictionaries(words, values, max_size=6),
    headers,
    st.sampled_from(["document", "events", "lines", "array"]),
)
def test_no_document_makes_a_fold_stumble(
    route: Route, document: dict[str, object], head: dict[str, str], shape: str
) -> None:
    asked = Asked(request=ask("h", "/", {"input": ""}), provider=route.provider, model=None)
    listener = Listener(route.fold(asked), operation=route.operation)
    line = encoded(document)
    bodies = {
        "document": line,
        "events": sse(document, document),
        "lines": line + b"\n" + line + b"\n",
        "array": encoded([document, document]),
    }

    listener.head(200, head)
    listener.feed(bodies[shape])
    reading = listener.finish("complete")

    assert all(count >= 0 for count in reading.usage.reported().values())
    assert not [flag for flag in reading.flags if flag.partition(":")[0].endswith("Error")]
