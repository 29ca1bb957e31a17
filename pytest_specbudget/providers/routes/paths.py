"""Of what the paths in the tables are made."""

from __future__ import annotations

import re

__all__ = ["bedrock", "ending", "google", "openai", "vertex", "watsonx"]


def ending(path: str) -> re.Pattern[str]:
    """Match *path* at the end."""
    return re.compile(rf"{path}/?$")


def openai(path: str) -> re.Pattern[str]:
    """Match *path* at the end, perhaps after the name of an Azure deployment."""
    return ending(rf"(?:/deployments/(?P<model>[^/]+))?{path}")


def google(verbs: str, model: str = "[^/:]+") -> re.Pattern[str]:
    """Match `MODEL:VERB` at the end."""
    return re.compile(rf"/(?P<model>{model}):(?:{verbs})$")


def vertex(publisher: str) -> re.Pattern[str]:
    """Match a model of *publisher* that Vertex passes a body on to as it is."""
    return re.compile(
        rf"/publishers/{publisher}/models/(?P<model>[^/:]+):(?:rawPredict|streamRawPredict)$"
    )


def watsonx(path: str) -> re.Pattern[str]:
    """Match *path* of watsonx.ai at the end, perhaps after the name of a deployment."""
    return ending(rf"/ml/v1/(?:deployments/(?P<model>[^/]+)/)?{path}")


def bedrock(verbs: str, model: str = ".+") -> re.Pattern[str]:
    """Match `MODEL/VERB` at the end; a model may be an ARN, which has slashes of its own."""
    return ending(rf"/model/(?P<model>{model})/(?:{verbs})")
