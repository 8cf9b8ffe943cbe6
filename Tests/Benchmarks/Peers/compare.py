"""Renders the scenes W1 to W8 here and in other simulators: do pixels agree, and who is how fast?

    python3 compare.py --ours PROGRAM --peers FOLDER --output FILE.json [--only caustics,herculens] [--scenes W1,W2]

PROGRAM is `lensing-benchmarks`, FOLDER holds one virtual environment per peer. First all pixels are compared, and any
disagreement ends the run with an error. Then every peer looks for its fastest setting in every scene, and takes turns
with ours, so that noise of the machine meets both. Needs only Python's standard library; NumPy comes with the peers.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from quiet import wait_until_quiet

HERE = Path(__file__).resolve().parent
SCENES = ("W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8")
THREADS = 2
# Turns that ours and a peer take; medians count.
ROUNDS = 5
# Worst difference of a pixel, relative to the peak of the brightest image.
TOLERANCES = {
    "caustics": (1e-4, "both round to single precision; pixels nearer to the border than half a kernel are left out, "
                       "since caustics lets light in from outside the image"),
    "herculens": (1e-3, "one ray that comes within 1e-3 arcsec of the centre of a cusped source differs by more "
                        "than rounding"),
    "lenstronomy": (1e-5, "ours rounds to single precision"),
}
# glibc gives freed arrays back to the system at once; lenstronomy makes many.
LARGE_THRESHOLDS = {
    "MALLOC_MMAP_THRESHOLD_": "1000000000",
    "MALLOC_TRIM_THRESHOLD_": "2000000000",
    "MALLOC_TOP_PAD_": "100000000",
}
ENVIRONMENTS = {"caustics": {"OMP_NUM_THREADS": str(THREADS)}, "herculens": {}, "lenstronomy": LARGE_THRESHOLDS}


class Comparison:
    """One run of everything."""

    def __init__(self, options):
        self.ours = options.ours
        self.environments = Path(options.peers)
        self.folder = Path(options.output).parent / "peers"
        self.peers, self.scenes = options.only, options.scenes
        self.folder.mkdir(parents=True, exist_ok=True)

    def python(self, peer):
        """The interpreter of a peer's virtual environment."""
        return self.environments / peer / "bin" / "python"

    def run_peer(self, task, peer, scene):
        """What a peer reports, or the reason why there is no report."""
        if not self.python(peer).exists():
            return {"obstacle": "is not installed"}
        result = self.folder / f"{peer}-{scene}"
        command = [self.python(peer), HERE / f"{peer}_peer.py", task, self.folder, scene, result]
        log, pipe = result.with_suffix(".log"), subprocess.PIPE
        with open(log, "w") as errors, subprocess.Popen(
            command, env=os.environ | ENVIRONMENTS[peer], stdin=pipe, stdout=pipe, stderr=errors, text=True
        ) as process:
            turns = self.take_turns(process, scene) if task == "rates" else {}
            process.stdin.close()
        if process.returncode != 0:
            return {"obstacle": f"failed: {(log.read_text().strip().splitlines() or ['no message'])[-1]}"}
        return json.loads(result.with_suffix(".json").read_text()) | turns

    def take_turns(self, process, scene):
        """Our rates and those of a peer that is ready, one after the other; nothing if it never is."""
        if not any(line == "ready\n" for line in iter(process.stdout.readline, "")):
            return {}
        ours, theirs, quiet = [], [], []
        for _ in range(ROUNDS):
            quiet.append(wait_until_quiet())
            ours.append(self.our_rate(scene))
            print(file=process.stdin, flush=True)
            reply = process.stdout.readline()
            if not reply.startswith("rate "):
                break
            theirs.append(float(reply.removeprefix("rate ")))
        return {"ours": ours, "theirs": theirs, "quiet": quiet}

    def agreement(self):
        """Renders with every peer; worst differences and obstacles by scene and peer."""
        subprocess.run([self.ours, "scenes", self.folder], check=True)
        results = {}
        for scene in self.scenes:
            for peer in self.peers:
                report = self.run_peer("pixels", peer, scene)
                if not report["obstacle"]:
                    report["difference"] = self.difference(peer, scene)
                results.setdefault(scene, {})[peer] = report
                print(f"  {scene}  {peer:12}{agreement_text(peer, report)}", flush=True)
            if scene == "W3" and any("difference" in report for report in results[scene].values()):
                print(f"  {scene}  our line    {self.difference('line', scene):.1e} of the peak from our 100 points")
        return results

    def difference(self, peer, scene):
        """Worst difference of the peer's pixels from ours, computed where there is NumPy."""
        python = next(self.python(name) for name in TOLERANCES if self.python(name).exists())
        command = [python, HERE / "difference.py", self.folder, peer, scene]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def our_rate(self, scene):
        """Our images per second."""
        done = subprocess.run([self.ours, "rates", scene, str(THREADS)], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)[scene][str(THREADS)]

    def rates(self, agreement):
        """Times every peer on every scene, in turns with ours."""
        results = {}
        for scene in self.scenes:
            results[scene] = {
                peer: report if report["obstacle"] else self.run_peer("rates", peer, scene)
                for peer, report in agreement[scene].items()
            }
            print(rate_row(scene, results[scene]), flush=True)
        return results


def agreement_text(peer, report):
    """One line's end about pixels."""
    if report["obstacle"]:
        return f"-  ({report['obstacle']})"
    tolerance, _ = TOLERANCES[peer]
    verdict = "agrees" if report["difference"] <= tolerance else f"DISAGREES: more than {tolerance:.0e}"
    return f"{report['difference']:.1e} of the peak, {verdict}"


def disagreements(agreement):
    """Peers whose pixels are not ours, with their scenes."""
    return [
        f"{peer} in {scene}"
        for scene, reports in agreement.items()
        for peer, report in reports.items()
        # Written so that not-a-number disagrees.
        if not report["obstacle"] and not report["difference"] <= TOLERANCES[peer][0]
    ]


def rate_row(scene, reports):
    """One line of the table: our rate, the smallest of its ratios to a peer's, and every peer's rate."""
    timed = [report for report in reports.values() if report.get("theirs")]
    ours = [rate for report in timed for rate in report["ours"]]
    start = f"{statistics.median(ours):>8.4g}  {min(map(ratio, timed)):>6.2f}" if timed else f"{'-':>8}  {'-':>6}"
    return "  ".join([scene, start] + [f"{rate_cell(report):36}" for report in reports.values()])


def rate_cell(report):
    """A peer's rate, ours over it, and the setting that was fastest."""
    if not report.get("theirs"):
        return "-"
    return f"{statistics.median(report['theirs']):.4g} (x {ratio(report):.2f})  {report['fastest']}"


def ratio(report):
    """Ours over a peer's: the median of the turns, since both slow down together on a busy machine."""
    return statistics.median(mine / other for mine, other in zip(report["ours"], report["theirs"]))


def remarks(rates):
    """Why cells are empty, and which settings failed."""
    for scene, reports in rates.items():
        for peer, report in reports.items():
            if report["obstacle"]:
                yield f"{scene}: {peer} {report['obstacle']}"
            if not all(report.get("quiet", [])):
                yield f"{scene}: while {peer} was timed, other programs kept this machine busy: do not trust the row"
            for name, setting in report.get("settings", {}).items():
                if "error" in setting:
                    yield f"{scene}: {peer}, {name}: {setting['error']}"


def machine():
    """Processor, cores and compiler, as far as the system tells."""
    models = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout.splitlines()
    return {"processor": models[0] if models else "unknown", "cores": os.cpu_count(), "threads": THREADS,
            "swift": swift[0] if swift else "unknown", "load_before": os.getloadavg()[0]}


def parse_options():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--peers", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--only", default=",".join(TOLERANCES), type=lambda text: choices(text, TOLERANCES))
    parser.add_argument("--scenes", default=",".join(SCENES), type=lambda text: choices(text, SCENES))
    return parser.parse_args()


def choices(text, allowed):
    """A comma-separated list."""
    names = text.split(",")
    for name in names:
        if name not in allowed:
            raise argparse.ArgumentTypeError(f"'{name}' was given, must be one of {', '.join(allowed)}")
    return names


def main():
    """Compares pixels, then rates; writes the report even if pixels disagree."""
    options = parse_options()
    comparison, report = Comparison(options), {"machine": machine()}
    print("Pixels: worst difference from ours; the vortex of W3 is 100 point masses in all, but ours times a line")
    for peer in comparison.peers:
        print(f"  {peer}: within {TOLERANCES[peer][0]:.0e}, because {TOLERANCES[peer][1]}")
    report["agreement"] = comparison.agreement()
    wrong = disagreements(report["agreement"])
    if not wrong:
        print("Noise-free images per second in memory, two threads; ratios are ours over theirs")
        print("  ".join(["  ", f"{'ours':>8}", f"{'ratio':>6}"] + [f"{peer:36}" for peer in comparison.peers]))
        report["rates"] = comparison.rates(report["agreement"])
        print(*remarks(report["rates"]), sep="\n")
    Path(options.output).write_text(json.dumps(report, indent=1) + "\n")
    if wrong:
        sys.exit(f"error: pixels disagree, so rates would compare different work: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
