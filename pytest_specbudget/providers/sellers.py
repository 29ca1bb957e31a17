"""Hosts of those who sell models in OpenAI's format, under their own names and prices.

Without a name of its own a host is taken for a gateway, which passes on what OpenAI sells at
OpenAI's prices.  These sell at theirs: what the catalogue does not know of them is unknown.  Who
does pass on prices (Helicone, Portkey, a proxy of one's own) is not here, nor who rents machines.

Names are those of the catalogue, otherwise those of `genai-prices` and LiteLLM.

Source: `api_pattern` of genai-prices 0.2.3; `openai_compatible_endpoints` (constants.py),
llms/openai_like/providers.json and litellm_core_utils/get_llm_provider_logic.py of litellm
1.109.1; https://docs.litellm.ai/docs/pass_through/gigachat (checked 2026-11-23).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SELLERS"]

SELLERS: Mapping[str, str] = {
    "aihubmix.com": "aihubmix",
    "api.aiand.com": "aiand",
    "api.aimlapi.com": "aiml",
    "api.clarifai.com": "clarifai",
    "api.cognition.ai": "cognition",
    "api.cometapi.com": "cometapi",
    "api.cortecs.ai": "cortecs",
    "api.darkbloom.dev": "darkbloom",
    "api.doubleword.ai": "doubleword",
    "api.edenai.run": "edenai",
    "api.empiriolabs.ai": "empiriolabs",
    "api.endpoints.anyscale.com": "anyscale",
    "api.featherless.ai": "featherless_ai",
    "api.friendli.ai": "friendliai",
    "api.galadriel.ai": "galadriel",
    "api.galadriel.com": "galadriel",
    "api.githubcopilot.com": "github-copilot",
    "api.gmi-serving.com": "gmi",
    "api.inceptionlabs.ai": "inception",
    "api.inference.wandb.ai": "wandb",
    "api.inferenceapis.com": "inferenceapis",
    "api.lambda.ai": "lambda_ai",
    "api.libertai.io": "libertai",
    "api.llama.com": "meta",
    "api.llamagate.dev": "llamagate",
    "api.meta.ai": "meta",
    "api.morphllm.com": "morph",
    "api.neosantara.xyz": "neosantara",
    "api.openinfer.ai": "openinfer",
    "api.parasail.io": "parasail",
    "api.poe.com": "poe",
    "api.prisminference.com": "prism",
    "api.publicai.co": "publicai",
    "api.quicksilverpro.io": "quicksilverpro",
    "api.refuseless.com": "refuseless",
    "api.sailresearch.com": "sail",
    "api.sarvam.ai": "sarvam",
    "api.scaleway.ai": "scaleway",
    "api.scx.ai": "scx-ai",
    "api.stima.tech": "apertis",
    "api.synthetic.new": "synthetic",
    "api.typesafe.ai": "typesafe",
    "api.v0.dev": "v0",
    "api.venice.ai": "veniceai",
    "api.xiaomimimo.com": "xiaomi_mimo",
    "api.zerogpu.ai": "zerogpu",
    "api-inference.modelscope.cn": "modelscope",
    "app.empower.dev": "empower",
    "ark.*.volces.com": "volcengine",
    "gigachat.devices.sberbank.ru": "gigachat",
    "inference.api.nscale.com": "nscale",
    "inference.coralbricks.ai": "coralbricks",
    "llm.chutes.ai": "chutes",
    "llm-gateway.assemblyai.com": "assemblyai",
    "models.github.ai": "github",
    "models.inference.ai.azure.com": "github",
    "nano-gpt.com": "nano-gpt",
    "pinstripes.io": "pinstripes",
    "serverless.tensormesh.ai": "tensormesh",
    "tokenhub*.tencentcloudmaas.com": "tencent",  # perhaps with -intl
    "vanchin.streamlake.ai": "streamlake",
}
"""Host, or a glob of hosts, to provider."""
