"""A client of `insight-wasm serve`: select, observe, save. Standard library only; runs a small invented training loop."""

import json
import random
import subprocess
import sys


class Insight:
    """Posteriors of prompts in a state file, kept by a process of its own."""

    def __init__(self, state, *flags, command=("npx", "insight-wasm")):
        self._process = subprocess.Popen(
            [*command, "serve", "--state", state, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def call(self, op, **fields):
        self._process.stdin.write(json.dumps({"op": op, **fields}).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"insight-wasm ended with code {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError("{code}: {message}".format(**answer["error"]))
        return answer

    def select(self, count, **query):
        """Ids of the best prompts, best first. Of `query` see insight-wasm serve --help."""
        return self.call("select", count=count, **query)["ids"]

    def observe(self, step, results, trials):
        """`results`: how many of `trials` rollouts were right, by id."""
        seen = [{"id": id, "successes": right, "trials": trials, "step": step} for id, right in results.items()]
        return self.call("observe", observations=seen)

    def close(self):
        """Lets it save and end."""
        self._process.stdin.close()
        if self._process.wait() != 0:
            raise RuntimeError("insight-wasm could not save")


def main(state, steps, command):
    insight = Insight(state, "--discount", "0.9", command=command)
    rates = {f"prompt-{i}": random.Random(i).random() for i in range(100)}
    rng = random.Random(0)
    for step in range(1, steps + 1):
        if step == 1:  # nothing is in a new state: begin with some of the data set
            batch = list(rates)[:20]
        else:
            batch = insight.select(16, cooldown=1) + rng.sample(list(rates), 4)  # and some that may be new
        results = {id: sum(rng.random() < rates[id] for _ in range(8)) for id in batch}  # 8 rollouts each
        insight.observe(step, results, trials=8)
    print(json.dumps(insight.call("status", count=16)))
    insight.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:] or ("npx", "insight-wasm"))
