"""What cannot be done, in the words of the program."""

from __future__ import annotations


class InsightError(RuntimeError):
    """What the program answered in place of a result, or died of.

    `code` is stable across versions: those of docs/serve.md (`value`, `refused`, `save`, `load`, ...), those of a start
    (`usage`, `locked`, `damaged`, `settings`, ...), and of this package `no-node`, `ended`, `forked`, `closed`, `busy`,
    `exhausted` and `unknown-id`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[InsightError], tuple[str, str]]:
        return InsightError, (self.code, self.message)
