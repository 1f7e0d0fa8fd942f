"""A training loop on the Python package, with invented prompts: python3 examples/client.py STATE STEPS"""

import random
import sys

from insight_wasm import Selector

rates = {f"prompt-{i}": random.Random(i).random() for i in range(100)}
rng = random.Random(0)
with Selector(sys.argv[1], ids=list(rates), discount=0.9, cooldown=1) as selector:
    for _ in range(int(sys.argv[2])):
        ids = selector.next(16)
        selector.observe({id: [rng.random() < rates[id] for _ in range(8)] for id in ids})  # 8 rollouts each
    print(selector.metrics()["coverage"])
