"""The Python SDK as a contender. It takes and gives lines of JSON, as worker.js does."""

import json
import resource
import sys
import time
import traceback

from inference_sdk import InferenceConfiguration, InferenceHTTPClient


class Contender:
    def __init__(self, cell):
        client = InferenceHTTPClient(api_url=cell["url"], api_key=cell["apiKey"])
        client.configure(
            InferenceConfiguration(
                client_downsizing_disabled=not cell["downsizing"],
                max_concurrent_requests=cell["atOnce"],
            )
        )
        if cell["version"] == "v0":
            client.select_api_v0()
        self.client = client
        self.cell = cell

    def call(self):
        if "video" in self.cell:
            return self._infer_video()
        return self._infer(self.cell["listLength"])

    def brief(self):
        return [] if "video" in self.cell else self._infer(self.cell["atOnce"])

    def _infer_video(self):
        video, model_id = self.cell["video"], self.cell["modelId"]
        return [prediction for _, _, prediction in self.client.infer_on_stream(video, model_id=model_id)]

    def _infer(self, length):
        image, model_id = self.cell["image"], self.cell["modelId"]
        if self.cell["atOnce"] == 1:
            return [self.client.infer(image, model_id=model_id)]
        return self.client.infer([image] * length, model_id=model_id)


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(contender, seconds):
    before = len(contender.brief())
    cpu = cpu_seconds()
    started = time.perf_counter()
    images = 0
    while True:
        answers = contender.call()
        images += len(answers)
        took = time.perf_counter() - started
        if took >= seconds:
            break
    return {
        "images": images,
        "sent": before + images,
        "seconds": took,
        "cpuMs": (cpu_seconds() - cpu) * 1000,
        "last": answers[-1],
    }


def main():
    contender = None
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command["command"] == "prepare":
                contender = Contender(command)
                answer = {}
            else:
                answer = measure(contender, command["seconds"])
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


main()
