"""Which requests are model calls, whose, and how sure that is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.answers import anthropic, ask, chat, encoded, gemini, hear, responses

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import HOSTS, HostRule, candidate, recognise
from pytest_specbudget.providers.anthropic import Messages
from pytest_specbudget.providers.deferred import BEGIN
from pytest_specbudget.providers.route import Route

CHAT = {"model": "m", "messages": []}
MESSAGE = {"model": "m", "messages": [], "max_tokens": 1}


@pytest.mark.parametrize(
    ("request_", "provider", "operation", "model"),
    [
        pytest.param(chat(), "openai", "chat", "gpt-5", id="OpenAI chat"),
        pytest.param(responses(), "openai", "chat", "gpt-5", id="OpenAI responses"),
        pytest.param(
            ask("api.openai.com", "/v1/embeddings", {"model": "e", "input": ""}),
            "openai",
            "embeddings",
            "e",
            id="OpenAI embeddings",
        ),
        pytest.param(
            ask("x.openai.azure.com", "/openai/deployments/d%20a/chat/completions", {}),
            "azure.ai.openai",
            "chat",
            "d a",
            id="Azure names the deployment in the path",
        ),
        pytest.param(anthropic(), "anthropic", "chat", "claude-sonnet-5", id="Anthropic"),
        pytest.param(gemini(), "google", "generate_content", "gemini-2.5-flash", id="Gemini"),
        pytest.param(
            ask("generativelanguage.googleapis.com", "/v1beta/openai/chat/completions", CHAT),
            "google",
            "chat",
            "m",
            id="Gemini's OpenAI-compatible endpoint",
        ),
        pytest.param(
            ask(
                "us-central1-aiplatform.googleapis.com",
                "/v1/projects/p/locations/us-central1/publishers/google/models/g:generateContent",
                {"contents": []},
            ),
            "google",
            "generate_content",
            "g",
            id="Gemini on Vertex",
        ),
        pytest.param(
            ask(
                "aiplatform.googleapis.com",
                "/v1/projects/p/locations/global/publishers/anthropic/models/claude@1:rawPredict",
                {"messages": [], "max_tokens": 1},
            ),
            "anthropic",
            "chat",
            "claude@1",
            id="Claude on Vertex",
        ),
        pytest.param(
            ask(
                "europe-west4-aiplatform.googleapis.com",
                "/v1/projects/p/locations/l/publishers/mistralai/models/codestral:streamRawPredict",
                {"messages": []},
            ),
            "mistral",
            "chat",
            "codestral",
            id="Mistral on Vertex",
        ),
        pytest.param(
            ask(
                "aiplatform.googleapis.com",
                "/v1/projects/p/locations/l/publishers/ai21/models/jamba:rawPredict",
                {"messages": []},
            ),
            "google",
            "chat",
            "jamba",
            id="somebody else on Vertex",
        ),
        pytest.param(chat("api.groq.com"), "groq", "chat", "gpt-5", id="Groq"),
        pytest.param(chat("adb-1.2.azuredatabricks.net"), "databricks", "chat", "gpt-5", id="glob"),
        pytest.param(
            ask("api.perplexity.ai", "/v1/sonar", {"model": "sonar", "messages": []}),
            "perplexity",
            "chat",
            "sonar",
            id="Perplexity's path for chat",
        ),
        pytest.param(
            ask("openrouter.ai", "/api/v1/systemone", {"model": "jev-1.13", "questions": {}}),
            "openrouter",
            "chat",
            "jev-1.13",
            id="decisions at OpenRouter",
        ),
        pytest.param(
            ask("gw", "/v1/prompts/pp-a/completions", {"variables": {}, "model": "m"}),
            "openai",
            "chat",
            "m",
            id="a prompt that Portkey keeps",
        ),
        pytest.param(
            ask(
                "gateway.ai.cloudflare.com",
                "/v1/acct/gw/groq/chat/completions",
                {"model": "llama", "messages": []},
            ),
            "groq",
            "chat",
            "llama",
            id="whom Cloudflare's gateway asks",
        ),
        pytest.param(
            ask(
                "gateway.ai.cloudflare.com",
                "/v1/acct/gw/compat/chat/completions",
                {"model": "groq/llama", "messages": []},
            ),
            "openai",
            "chat",
            "groq/llama",
            id="its gateway where only the model tells",
        ),
        pytest.param(
            ask("groq.helicone.ai", "/openai/v1/chat/completions", {"model": "m", "messages": []}),
            "groq",
            "chat",
            "m",
            id="Helicone's gateway to Groq",
        ),
        pytest.param(
            ask("x.snowflakecomputing.com", "/api/v2/cortex/inference:embed", {"model": "e"}),
            "snowflake",
            "embeddings",
            "e",
            id="Snowflake embeds",
        ),
        pytest.param(
            ask("api-inference.huggingface.co", "/models/gpt2", {"inputs": "x"}),
            "huggingface",
            "generate_content",
            "gpt2",
            id="a model of Hugging Face that belongs to nobody",
        ),
        pytest.param(
            ask(
                "api-inference.huggingface.co",
                "/pipeline/feature-extraction/sentence-transformers/all-MiniLM-L6-v2",
                {"inputs": "x"},
            ),
            "huggingface",
            "generate_content",
            "sentence-transformers/all-MiniLM-L6-v2",
            id="a model of Hugging Face, by its task",
        ),
        pytest.param(
            ask("router.huggingface.co", "/fal-ai/fal-ai/flux/dev", {"model": "flux"}),
            "huggingface",
            "generate_content",
            "flux",
            id="fal behind Hugging Face's router",
        ),
        pytest.param(
            ask("api.openai.com", "/v1/edits", {"model": "e", "input": "", "instruction": "mend"}),
            "openai",
            "text_completion",
            "e",
            id="an edit",
        ),
        pytest.param(
            ask("api.z.ai", "/api/v1/agents", {"agent_id": "a", "messages": [], "model": "m"}),
            "zai",
            "invoke_agent",
            "m",
            id="an agent of Z.ai",
        ),
        pytest.param(chat("proxy.corp"), "openai", "chat", "gpt-5", id="an unknown host, by shape"),
        pytest.param(anthropic("gw"), "anthropic", "chat", "claude-sonnet-5", id="likewise Claude"),
        pytest.param(
            gemini(host="gw"), "google", "generate_content", "gemini-2.5-flash", id="and Gemini"
        ),
    ],
)
def test_a_model_call_is_known_for_certain(
    request_: Request, provider: str, operation: str, model: str
) -> None:
    listener = recognise(request_)

    assert listener is not None
    assert (listener.provider, listener.operation) == (provider, operation)
    assert listener.request_model == model
    assert listener.certain


@pytest.mark.parametrize(
    ("method", "host", "path", "body"),
    [
        ("GET", "api.openai.com", "/v1/chat/completions", CHAT),
        ("POST", "api.openai.com", "/v1/responses/input_tokens", {"model": "m", "input": ""}),
        ("GET", "api.openai.com", "/v1/responses/resp_1/input_items", {}),
        ("GET", "api.openai.com", "/v1/threads/t_1/runs/run_1/steps", {}),
        ("GET", "api.openai.com", "/v1/batches", {}),
        ("GET", "api.openai.com", "/v1/files/file_1", {}),
        ("DELETE", "api.openai.com", "/v1/responses/resp_1", {}),
        ("POST", "api.openai.com", "/v1/moderations", {"model": "m", "input": ""}),
        ("POST", "api.openai.com", "/v1/threads/t_1/messages", {"role": "user"}),
        ("POST", "api.openai.com", "/v1/uploads/u_1/complete", {"part_ids": ["p_1"]}),
        ("POST", "api.anthropic.com", "/v1/messages/count_tokens", MESSAGE),
        (
            "POST",
            "us-east5-aiplatform.googleapis.com",
            "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict",
            MESSAGE,
        ),
        ("POST", "api.openai.com", "/v1/realtime/client_secrets", {"session": {}}),
        ("POST", "api.openai.com", "/v1/realtime/calls/c_1/hangup", {}),
        ("POST", "api.openai.com", "/v1/agents", {"model": "m"}),
        ("POST", "api.openai.com", "/v1/fine_tuning/alpha/graders/validate", {"grader": {}}),
        ("POST", "phone.example", "/v1/realtime/calls", {"to": "1"}),
        ("POST", "shop.example", "/models/17", {"inputs": "x"}),
        ("POST", "ci.example", "/pipeline/build/main", {"inputs": {}}),
        ("POST", "wiki.example", "/v1/edits", {"model": "page"}),
        ("POST", "app.example", "/v1/prompts/p_1/completions", {"text": "x"}),
        ("POST", "api.anthropic.com", "/v1/sessions", {"agent": "a"}),
        ("POST", "app.example", "/v1/sessions/s_1/events", {"events": []}),
        ("POST", "app.example", "/v1/agent", {"model": "m", "input": "hello"}),
        ("POST", "court.example", "/decisions", {"input": "a case"}),
        ("POST", "app.example", "/ranking", {"query": "best"}),
        ("POST", "app.example", "/layout_parsing", {"file": "a"}),
        ("POST", "generativelanguage.googleapis.com", "/v1beta/models/g:countTokens", {}),
        ("GET", "generativelanguage.googleapis.com", "/v1beta/cachedContents/c1", {}),
        ("POST", "app.example", "/v1/cachedContents", {"title": "x"}),
        ("POST", "app.example", "/v1/containers", {"name": "lunch"}),
        ("POST", "api.openai.com", "/v1/vector_stores", {"name": "v"}),
        ("POST", "generativelanguage.googleapis.com", "/v1beta/fileSearchStores", {}),
        ("POST", "api.mistral.ai", "/v1/moderations", {"model": "m", "input": ""}),
        ("POST", "app.example", "/v1/evaluation", {"type": "classify", "parameters": {}}),
        ("POST", "app.example", "/v1/fine_tuning/jobs", {"model": "m", "name": "piano"}),
        ("POST", "app.example", "/v2/transcript", {"audio_url": "x"}),
        ("POST", "app.example", "/trainings", {"name": "first aid"}),
        ("POST", "app.example", "/v1/queue/submit", {"model": "m"}),
        ("POST", "app.example", "/embed-jobs", {"model": "m"}),
        ("POST", "app.example", "/batchPredictionJobs", {"model": "m"}),
        ("POST", "api.openai.com", "/v1/fine_tuning/jobs/j_1/cancel", {}),
        ("POST", "api.together.xyz", "/v1/fine-tunes/estimate-price", {}),
        ("POST", "bedrock.eu-west-1.amazonaws.com", "/guardrails", {"name": "g"}),
        ("POST", "bedrock.eu-west-1.amazonaws.com", "/model-copy-jobs", {"sourceModelArn": "a"}),
        ("POST", "api.cohere.com", "/v1/datasets", {}),
        ("POST", "api.openai.com", "/v1/vector_stores/v_1/file_batches", {"file_ids": ["f"]}),
        ("POST", "api.openai.com", "/v1/evals", {"data_source_config": {}}),
        ("POST", "api.anthropic.com", "/v1/skills", {}),
        ("POST", "chat.example", "/api/messages", {"text": "hello"}),
        ("POST", "shop.example", "/orders/responses", {"order": 1}),
        ("POST", "shop.example", "/", {}),
        ("POST", "shop.example", "/batches", {"requests": []}),
        ("POST", "shop.example", "/batch/jobs", {"endpoint": "/"}),
        ("POST", "api.cohere.com", "/v1/tokenize", {"model": "m", "text": ""}),
        ("POST", "api.cloudflare.com", "/client/v4/accounts/a/images/v2/direct_upload", {}),
        ("POST", "dashscope.aliyuncs.com", "/api/v1/services/audio/tts/customization", {}),
        ("POST", "app.example", "/v1/conversations", {"model": "m", "inputs": "hello"}),
        ("POST", "api.openai.com", "/v1/conversations", {}),
        ("POST", "app.example", "/translate", {"model": "m", "source": "hello"}),
        ("POST", "app.example", "/v1/music", {"prompt": "a waltz"}),
        ("POST", "app.example", "/api/v1/services/aigc/text-generation/generation", {}),
        ("POST", "app.example", "/v2/parse", {"model": "m"}),
        ("POST", "app.example", "/v1/videos", {"title": "our holidays"}),
        ("POST", "us-south.ml.cloud.ibm.com", "/ml/v1/text/tokenization", {"model_id": "m"}),
    ],
)
def test_what_only_resembles_a_model_call_is_none(
    method: str, host: str, path: str, body: dict[str, Any]
) -> None:
    request = ask(host, path, body)
    request.method = method

    assert recognise(request) is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", {"jsonrpc": "2.0", "method": "tools/call"}),
        ("/", {"inputs": ""}),
        ("/chat", CHAT),
        ("/v1/chat", {"message": "hello"}),
        ("/v2/chat", {"messages": []}),
        ("/v1/embed", {"url": "https://video.example"}),
        ("/embed", {"inputs": ""}),
        ("/generate", {"prompt": "a report"}),
        ("/v1/generate", {"prompt": "a report"}),
        ("/rerank", {"query": ""}),
        ("/images", {"prompt": "a fox"}),
        ("/ocr", {"document": ""}),
        ("/predictions", {"input": {}}),
        ("/v1/listen", {"url": "https://radio.example"}),
        ("/v1/tts", {"text": ""}),
        ("/complete", {"model": "m", "prompt": ""}),
        ("/models/team/forecast", {"rows": []}),
        ("/endpoints/e/invocations", {"rows": []}),
    ],
)
def test_an_everyday_path_is_no_call_unless_the_whole_body_fits(
    path: str, body: dict[str, Any]
) -> None:
    assert recognise(ask("app.example", path, body)) is None


@pytest.mark.parametrize(
    ("host", "path", "body", "provider", "operation"),
    [
        ("api.writer.com", "/v1/chat", CHAT, "writer", "chat"),
        ("api.cohere.com", "/v1/chat", {"message": ""}, "cohere", "chat"),
        ("api.cohere.com", "/v2/chat", CHAT, "cohere", "chat"),
        ("gw", "/cohere/v1/chat", {"model": "m", "message": ""}, "cohere", "chat"),
        ("gw", "/cohere/v2/chat", CHAT, "cohere", "chat"),
        ("x.services.ai.azure.com", "/v2/rerank", {}, "azure.ai.inference", "rerank"),
        ("gw", "/v1/rerank", {"query": "", "documents": []}, "cohere", "rerank"),
        ("openrouter.ai", "/api/v1/images", {}, "openrouter", "image_generation"),
        ("api.mistral.ai", "/v1/ocr", {}, "mistral", "ocr"),
        ("api.deepgram.com", "/v1/speak", {}, "deepgram", "speech"),
        ("api.x.ai", "/v1/stt", {}, "xai", "transcription"),
        ("api.eu.elevenlabs.io", "/v1/text-to-speech/v1/stream", {}, "elevenlabs", "speech"),
        ("api.elevenlabs.io", "/v1/speech-to-text", {}, "elevenlabs", "transcription"),
        ("gw", "/generate", {"inputs": ""}, "huggingface", "generate_content"),
        ("gw", "/", {"inputs": "", "parameters": {}}, "huggingface", "generate_content"),
        ("a.azuredatabricks.net", "/serving-endpoints/e/invocations", CHAT, "databricks", "chat"),
        (
            "a.snowflakecomputing.com",
            "/api/v2/cortex/inference:complete",
            CHAT,
            "snowflake",
            "chat",
        ),
        (
            "cpd.corp",
            "/ml/v1/text/chat",
            {"model_id": "m", "messages": []},
            "ibm.watsonx.ai",
            "chat",
        ),
        ("api.voyageai.com", "/v1/contextualizedembeddings", {}, "voyage", "embeddings"),
    ],
)
def test_calls_in_a_format_of_their_own_are_known(
    host: str, path: str, body: dict[str, Any], provider: str, operation: str
) -> None:
    listener = recognise(ask(host, path, body))

    assert listener is not None
    assert (listener.provider, listener.operation) == (provider, operation)
    assert listener.certain


_WRITES = "generate_content"
_AGENTS = "bedrock-agent-runtime.eu-west-1.amazonaws.com"
_DASHSCOPE = "/api/v1/services/"
_VERTEX = "europe-west4-aiplatform.googleapis.com"
_CONTROL = "bedrock.eu-west-1.amazonaws.com"
_VEO = "/v1/projects/p/locations/l/publishers/google/models/veo-3"


@pytest.mark.parametrize(
    ("host", "path", "provider", "operation"),
    [
        ("api.cohere.com", "/v2/parse", "cohere", "ocr"),
        ("api.deepgram.com", "/v1/read", "deepgram", _WRITES),
        ("api.deepgram.com", "/v2/speak", "deepgram", "speech"),
        ("api.elevenlabs.io", "/v1/sound-generation", "elevenlabs", "speech"),
        (
            "api.elevenlabs.io",
            "/v1/text-to-dialogue/stream/with-timestamps",
            "elevenlabs",
            "speech",
        ),
        ("api.elevenlabs.io", "/v1/music/detailed/stream", "elevenlabs", "speech"),
        ("api.elevenlabs.io", "/v1/music/stem-separation", "elevenlabs", "speech"),
        ("api.us.elevenlabs.io", "/v1/speech-to-speech/v1/stream", "elevenlabs", "speech"),
        ("api.elevenlabs.io", "/v1/voice-changer/v1", "elevenlabs", "speech"),
        ("api.elevenlabs.io", "/v1/audio-isolation/stream", "elevenlabs", "speech"),
        ("api.elevenlabs.io", "/v1/text-to-voice/create-previews", "elevenlabs", "speech"),
        ("api.aleph-alpha.com", "/embed", "aleph_alpha", "embeddings"),
        ("api.aleph-alpha.com", "/instructable_embed", "aleph_alpha", "embeddings"),
        ("api.aleph-alpha.com", "/translate", "aleph_alpha", _WRITES),
        ("api.aleph-alpha.com", "/explain", "aleph_alpha", _WRITES),
        ("api.anthropic.com", "/v1/sessions/s_1/events", "anthropic", "invoke_agent"),
        ("api.anthropic.com", "/v1/deployments/d_1/run", "anthropic", "invoke_agent"),
        ("api.openai.com", "/v1/agents/sessions/s_1/events", "openai", "invoke_agent"),
        ("api.writer.com", "/v1/applications/a_1", "writer", _WRITES),
        ("api.writer.com", "/v1/vision", "writer", _WRITES),
        ("api.perplexity.ai", "/v1/agent", "perplexity", "chat"),
        ("api.minimax.io", "/v1/text/chatcompletion_v2", "minimax", "chat"),
        ("api.z.ai", "/api/paas/v4/layout_parsing", "zai", "ocr"),
        ("open.bigmodel.cn", "/api/paas/v4/layout_parsing", "zhipuai", "ocr"),
        ("ai.api.nvidia.com", "/v1/retrieval/nvidia/reranking", "nvidia", "rerank"),
        ("api.together.xyz", "/v2/videos", "together", _WRITES),
        ("api.mistral.ai", "/v1/conversations", "mistral", "chat"),
        ("api.mistral.ai", "/v1/conversations/conv_1", "mistral", "chat"),
        ("api.mistral.ai", "/v1/conversations/conv_1/restart", "mistral", "chat"),
        (_AGENTS, "/rerank", "bedrock", "rerank"),
        (_AGENTS, "/generateQuery", "bedrock", _WRITES),
        (_AGENTS, "/optimize-prompt", "bedrock", _WRITES),
        (_AGENTS, "/flows/f/aliases/a/executions", "bedrock", _WRITES),
        ("eu-de.ml.cloud.ibm.com", "/ml/v1/time_series/forecast", "ibm.watsonx.ai", _WRITES),
        ("eu-de.ml.cloud.ibm.com", "/ml/v1/text/extractions", "ibm.watsonx.ai", "ocr"),
        (
            "eu-de.ml.cloud.ibm.com",
            "/ml/v1-beta/generation/text_stream",
            "ibm.watsonx.ai",
            "text_completion",
        ),
        (
            "dashscope.aliyuncs.com",
            f"{_DASHSCOPE}embeddings/text-embedding/text-embedding",
            "dashscope",
            "embeddings",
        ),
        (
            "dashscope-intl.aliyuncs.com",
            f"{_DASHSCOPE}rerank/text-rerank/text-rerank",
            "dashscope",
            "rerank",
        ),
        (
            "dashscope.aliyuncs.com",
            f"{_DASHSCOPE}aigc/multimodal-generation/generation",
            "dashscope",
            _WRITES,
        ),
        ("dashscope.aliyuncs.com", "/api/v1/apps/a1/completion", "dashscope", "invoke_agent"),
        ("aiplatform.googleapis.com", f"{_VEO}:predictLongRunning", "google", _WRITES),
        ("api.openai.com", "/v1/videos", "openai", _WRITES),
        ("api.openai.com", "/v1/videos/edits", "openai", _WRITES),
        ("api.openai.com", "/v1/videos/video_1/remix", "openai", _WRITES),
        ("api.x.ai", "/v1/videos/generations", "xai", _WRITES),
        ("api.openai.com", "/v1/fine_tuning/jobs", "openai", BEGIN),
        ("x.openai.azure.com", "/openai/fine_tuning/jobs", "azure.ai.openai", BEGIN),
        ("api.mistral.ai", "/v1/fine_tuning/jobs", "mistral", BEGIN),
        (_CONTROL, "/model-customization-jobs", "bedrock", BEGIN),
        ("api.cohere.com", "/v1/finetuning/finetuned-models", "cohere", BEGIN),
        (
            "api.fireworks.ai",
            "/v1/accounts/a/supervisedFineTuningJobs",
            "fireworks",
            BEGIN,
        ),
        (_VERTEX, "/v1/projects/p/locations/l/tuningJobs", "google", BEGIN),
        ("api.replicate.com", "/v1/models/o/m/versions/v/trainings", "replicate", BEGIN),
        ("api.together.xyz", "/v1/fine-tunes", "together", BEGIN),
        (
            "generativelanguage.googleapis.com",
            "/v1beta/fileSearchStores/s:importFile",
            "google",
            BEGIN,
        ),
        (
            "generativelanguage.googleapis.com",
            "/upload/v1beta/fileSearchStores/s:uploadToFileSearchStore",
            "google",
            BEGIN,
        ),
        ("api.mistral.ai", "/v1/classifications", "mistral", "classification"),
        ("api.mistral.ai", "/v1/chat/classifications", "mistral", "classification"),
        ("api.together.xyz", "/v1/queue/submit", "together", _WRITES),
        ("api.assemblyai.com", "/v2/transcript", "assemblyai", "transcription"),
        ("api.elevenlabs.io", "/v1/dubbing", "elevenlabs", "speech"),
        ("api.elevenlabs.io", "/v1/forced-alignment", "elevenlabs", "speech"),
        ("aws-external-anthropic.us-west-2.api.aws", "/v1/messages", "anthropic", "chat"),
        (_CONTROL, "/model-invocation-job", "bedrock", BEGIN),
        (_CONTROL, "/evaluation-jobs", "bedrock", BEGIN),
        (_CONTROL, "/advanced-prompt-optimization-jobs", "bedrock", BEGIN),
        ("api.fireworks.ai", "/v1/accounts/a/batchInferenceJobs", "fireworks", BEGIN),
        ("api.together.xyz", "/v1/evaluation", "together", BEGIN),
        ("x.endpoints.huggingface.cloud", "/embed_all", "huggingface", "embeddings"),
        ("x.endpoints.huggingface.cloud", "/embed_sparse", "huggingface", "embeddings"),
    ],
)
def test_calls_that_are_billed_otherwise_are_seen(
    host: str, path: str, provider: str, operation: str
) -> None:
    listener = recognise(ask(host, path, {}))

    assert candidate("POST", path)
    assert listener is not None
    assert (listener.provider, listener.operation) == (provider, operation)
    assert listener.certain


_MODEL = {"model": "m"}


@pytest.mark.parametrize(
    ("path", "body", "provider"),
    [
        ("/together/v1/fine-tunes", {**_MODEL, "training_file": "f"}, "together"),
        ("/v1/finetuning/finetuned-models", {"name": "n", "settings": {}}, "cohere"),
        (
            "/fireworks/v1/accounts/a/supervisedFineTuningJobs",
            {"dataset": "d", "baseModel": "b"},
            "fireworks",
        ),
        (
            "/v1/accounts/a/reinforcementFineTuningJobs",
            {"dataset": "d", "evaluator": "e"},
            "fireworks",
        ),
        ("/v1/accounts/a/dpoJobs", {"dataset": "d"}, "fireworks"),
        (
            "/v1/accounts/a/batchInferenceJobs",
            {**_MODEL, "inputDatasetId": "d"},
            "fireworks",
        ),
        ("/v1/projects/p/locations/l/tuningJobs", {"baseModel": "b"}, "google"),
        (
            "/bedrock/model-customization-jobs",
            {"baseModelIdentifier": "b", "trainingDataConfig": {}},
            "bedrock",
        ),
        ("/model-invocation-job", {"modelId": "b", "inputDataConfig": {}}, "bedrock"),
        ("/evaluation-jobs", {"evaluationConfig": {}, "inferenceConfig": {}}, "bedrock"),
        (
            "/v1/models/o/m/versions/v/trainings",
            {"destination": "o/n", "input": {}},
            "replicate",
        ),
        ("/v1beta/fileSearchStores/s:importFile", {"fileName": "f"}, "google"),
        ("/v1/projects/p/locations/l/ragCorpora/1/ragFiles:import", {}, "google"),
    ],
)
def test_work_for_later_is_seen_behind_a_gateway_by_path_and_body(
    path: str, body: dict[str, Any], provider: str
) -> None:
    listener = recognise(ask("llm-gw.corp", path, body))

    assert candidate("POST", path)
    assert listener is not None
    assert (listener.provider, listener.operation) == (provider, BEGIN)
    assert listener.certain


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/fine-tunes", _MODEL),
        ("/finetuning/finetuned-models", {"name": "n"}),
        ("/tuningJobs", {"title": "piano"}),
        ("/versions/2/trainings", {"input": {}}),
        ("/model-invocation-job", {"modelId": "b"}),
    ],
)
def test_a_body_that_asks_for_no_such_work_begins_none(path: str, body: dict[str, Any]) -> None:
    assert recognise(ask("app.example", path, body)) is None


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("gigachat.devices.sberbank.ru", "gigachat"),
        ("api.meta.ai", "meta"),
        ("api.llama.com", "meta"),
        ("ark.cn-beijing.volces.com", "volcengine"),
        ("api.githubcopilot.com", "github-copilot"),
        ("nano-gpt.com", "nano-gpt"),
        ("ai-gateway.helicone.ai", "openai"),
        ("llm.corp", "openai"),
    ],
)
def test_who_sells_at_prices_of_their_own_is_not_taken_for_openai(host: str, provider: str) -> None:
    listener = recognise(chat(host))

    assert listener is not None
    assert listener.provider == provider


@pytest.mark.parametrize("key", ["training_file", "training_files"])
def test_a_training_in_openais_format_is_seen_at_any_host(key: str) -> None:
    body = {"model": "m", key: "file-1"}

    listener = recognise(ask("llm-gw.corp", "/v1/fine_tuning/jobs", body))

    assert listener is not None
    assert (listener.operation, listener.certain) == (BEGIN, True)


def test_a_path_of_ones_own_holds_where_the_user_says_whose_the_host_is() -> None:
    rule = HostRule(pattern="*.corp", provider="mistral")

    reading = hear(ask("llm.corp", "/v1/conversations", {"model": "m"}), rules=[rule])

    assert (reading.provider, reading.operation, reading.certain) == ("mistral", "chat", True)


def test_routes_that_were_added_are_found_before_ours() -> None:
    added = Route(re.compile("/chat/completions$"), (), "chat", "acme", Messages)
    usage = {"input_tokens": 3, "output_tokens": 4}

    listener = recognise(chat("acme.example"), added=(added,))

    assert listener is not None
    listener.head(200, {})
    listener.feed(encoded({"type": "message", "usage": usage}))
    reading = listener.finish("complete")
    assert (reading.provider, reading.usage.reported()) == ("acme", usage)


def test_writer_answers_as_openai_does_at_the_path_of_cohere() -> None:
    usage = {"prompt_tokens": 194, "completion_tokens": 22, "total_tokens": 216}

    reading = hear(
        ask("api.writer.com", "/v1/chat", CHAT), encoded({"model": "palmyra-x5", "usage": usage})
    )

    assert reading.usage.reported() == {"input_tokens": 194, "output_tokens": 22}
    assert reading.model == "palmyra-x5"


def test_a_databricks_endpoint_may_embed() -> None:
    path = "/serving-endpoints/gte/invocations"

    reading = hear(
        ask("a.azuredatabricks.net", path, {"input": ["hello"]}),
        encoded({"usage": {"prompt_tokens": 3, "total_tokens": 3}}),
    )

    assert reading.usage.reported() == {"input_tokens": 3, "output_tokens": 0}
    assert reading.model == "gte"


@pytest.mark.parametrize(
    ("body", "certain"),
    [
        pytest.param({"model": "m", "messages": []}, True, id="the whole shape"),
        pytest.param({"messages": []}, False, id="a part of the shape"),
        pytest.param(None, False, id="a body that could not be seen"),
    ],
)
def test_an_unknown_host_must_fit_in_path_and_body(
    body: dict[str, Any] | None, *, certain: bool
) -> None:
    listener = recognise(ask("unheard.example", "/v1/chat/completions", body))

    assert listener is not None
    assert listener.certain is certain


def test_a_known_host_needs_no_body() -> None:
    listener = recognise(ask("api.openai.com", "/v1/chat/completions", None))

    assert listener is not None
    assert listener.certain


def test_a_rule_wins_over_the_host() -> None:
    rule = HostRule(
        pattern="*.corp", provider="anthropic", models={"fast": "claude-haiku-4-5"}, free="ours"
    )

    reading = hear(ask("llm.corp", "/v1/chat/completions", {"model": "fast"}), rules=[rule])

    assert reading.provider == "anthropic"
    assert (reading.model, reading.real_model) == ("claude-haiku-4-5", "claude-haiku-4-5")
    assert reading.free == "ours"
    assert reading.certain


def test_a_rule_without_a_provider_keeps_what_the_path_says() -> None:
    reading = hear(anthropic("llm.corp"), rules=[HostRule(pattern="llm.corp", free="ours")])

    assert (reading.provider, reading.free) == ("anthropic", "ours")


def test_the_first_rule_that_fits_is_taken() -> None:
    rules = [HostRule(pattern="a.corp", free="first"), HostRule(pattern="*.corp", free="second")]

    assert hear(chat("a.corp"), rules=rules).free == "first"


@pytest.mark.parametrize(
    ("request_", "streaming"),
    [
        (chat(stream=True), True),
        (chat(stream=False), False),
        (chat(), False),
        (gemini("streamGenerateContent"), True),
        (gemini(), False),
    ],
)
def test_asking_for_a_stream_is_seen_in_the_body_or_the_path(
    request_: Request, *, streaming: bool
) -> None:
    listener = recognise(request_)

    assert listener is not None
    assert listener.streaming is streaming


_IN_EU = "/v1/projects/p/locations/eu/"


def on_vertex(place: str, owner: str = "publishers/google") -> Request:
    verb = "rawPredict" if owner.endswith("anthropic") else "generateContent"
    path = f"/v1/projects/p/locations/{place}/{owner}/models/m:{verb}"
    return ask("aiplatform.googleapis.com", path, {"contents": [], "messages": []})


@pytest.mark.parametrize(
    ("request_", "region"),
    [
        pytest.param(chat(), None, id="OpenAI's global host"),
        pytest.param(chat("eu.api.openai.com"), "eu", id="OpenAI with data residency"),
        pytest.param(chat("us.api.fireworks.ai"), "us", id="Fireworks with data residency"),
        pytest.param(
            ask(
                "us-east5-aiplatform.googleapis.com",
                "/v1/projects/p/locations/us-east5/publishers/anthropic/models/c:rawPredict",
                {},
            ),
            "us-east5",
            id="Claude on Vertex",
        ),
        pytest.param(on_vertex("global", "publishers/anthropic"), None, id="Claude in all regions"),
        pytest.param(on_vertex("us-west1"), "us-west1", id="Gemini on Vertex"),
        pytest.param(on_vertex("global"), "global", id="Gemini on Vertex in all regions"),
        pytest.param(
            ask(
                "aiplatform.googleapis.com",
                "/v1/publishers/google/models/g:generateContent",
                {"contents": []},
            ),
            "global",
            id="Gemini on Vertex with a key",
        ),
        pytest.param(
            ask(
                "us-west1-aiplatform.googleapis.com",
                "/v1/projects/p/locations/us-west1/endpoints/openapi/chat/completions",
                {"model": "google/g", "messages": []},
            ),
            "us-west1",
            id="Gemini on Vertex in OpenAI's format",
        ),
        pytest.param(
            ask("aiplatform.eu.rep.googleapis.com", _IN_EU + "batchPredictionJobs", {}),
            "eu",
            id="a batch of Vertex",
        ),
        pytest.param(
            ask("aiplatform.eu.rep.googleapis.com", _IN_EU + "cachedContents", {"model": "m"}),
            "eu",
            id="a cache at Vertex",
        ),
        pytest.param(chat("api.eu.mistral.ai"), "eu", id="Mistral's regional inference"),
        pytest.param(chat("api.mistral.ai"), None, id="Mistral's global host"),
    ],
)
def test_a_region_is_read_off_the_address(request_: Request, region: str | None) -> None:
    assert hear(request_).region == region


@pytest.mark.parametrize(
    ("host", "path", "field"),
    [
        ("api.openai.com", "/v1/audio/transcriptions", "model"),
        ("api.elevenlabs.io", "/v1/speech-to-text", "model_id"),
    ],
)
def test_a_form_names_its_model(host: str, path: str, field: str) -> None:
    head = f'Content-Disposition: form-data; name="{field}"'
    form = f"--b\r\n{head}\r\n\r\nwhisper-1\r\n--b--\r\n".encode()

    listener = recognise(Request("POST", host, path, form))

    assert listener is not None
    assert listener.request_model == "whisper-1"


@pytest.mark.parametrize("host", [host for host in HOSTS if "*" not in host])
def test_hosts_are_written_in_lower_case_and_without_ports(host: str) -> None:
    assert host == host.lower()
    assert ":" not in host


def test_dashscopes_format_is_known_at_any_host() -> None:
    path = "/api/v1/services/aigc/text-generation/generation"

    found = hear(ask("gateway.corp.invalid", path, {"model": "qwen-plus", "input": {}}))

    assert (found.provider, found.operation, found.certain) == (
        "dashscope",
        "generate_content",
        True,
    )


@pytest.mark.parametrize(
    "path",
    [
        "/v1/realtime/calls",
        "/v1/realtime/calls/rtc_1/accept",
        "/v1/live/sessions",
        "/v1/live/sessions/s_1/fork",
    ],
)
def test_a_session_that_begins_with_a_request_is_a_call_without_counts(path: str) -> None:
    reading = hear(Request("POST", "api.openai.com", path, b"v=0"), b"v=0 the answer")

    assert (reading.operation, reading.usage_state, reading.counted) == ("realtime", "none", True)
