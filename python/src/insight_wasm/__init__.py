"""Which prompts to roll out next: posteriors of their success rates, kept by a process of `insight-wasm serve`."""

from .content_key import content_key
from .errors import InsightError
from .read_state import read_state
from .score import score
from .selector import Selector

__all__ = ["InsightError", "Selector", "content_key", "read_state", "score"]
