"""Judges what was found and writes the confusion matrix."""

RULES = [
    "ghost-never-connected", "ghost-connect-failed", "ghost-reset", "ghost-closed", "close-wait",
    "abandoned-connections", "unread-body", "no-response-timeout", "unused-dial",
    "unreachable-peer", "keepalive-disabled", "pool-too-small", "shutdown-without-close",
    "selector-leak", "inbound-unclosed", "foreign-netns", "descriptor-leak", "listen-overflow",
    "near-limit",
]
SIGNS = {"expected": "✓", "wrong": "✗", "allowed": "+", "undecided": "?", "missed": "–"}


def expected(program, age):
    """The rules of which one must be found at that age; empty before the first age that asks."""
    ages = [int(key) for key in program.get("expect", {}) if int(key) <= age]
    return program["expect"][str(max(ages))] if ages else []


def tolerated(program):
    """Every rule that may be named at any age without being wrong."""
    rules = set(program.get("also", []))
    for choices in program.get("expect", {}).values():
        rules.update(choices)
    return rules


class Judgement:
    """One look at one program."""

    def __init__(self, program, look):
        self.age, self.truth, self.kernel = look["age"], look["truth"], look["kernel"]
        late = look["real_age"] - self.age
        self.shown_age = f"{look['real_age'] if late > 1 else self.age:.0f} s"
        findings = (look["report"] or {}).get("findings", [])
        self.accused = [found for found in findings if found["confidence"] != "undecided"]
        self.undecided = [found for found in findings if found["confidence"] == "undecided"]
        self.wanted, allowed = expected(program, self.age), tolerated(program)
        names = {found["rule"] for found in self.accused}
        self.wrong = sorted(names - allowed)
        self.hits = [rule for rule in self.wanted if rule in names]
        self.missed = bool(self.wanted) and not self.hits
        self.nearly = self.missed and any(
            found["rule"] in self.wanted for found in self.undecided)
        self.found = self.accused + self.undecided
        self.rate_error = self.compare_rates()

    def compare_rates(self):
        """How far the rate of the expected finding is from the truth, as a share; None without."""
        for found in self.accused:
            said = found.get("rate_per_s")
            if found["rule"] in self.hits and said is not None:
                # Where one thing leaks several descriptors, either count is a true rate.
                kinds = [count for count in self.truth["leaked"].values() if count]
                seconds = self.truth["time"] - self.truth["since"]
                if not kinds or seconds < 3:
                    return None
                true = [count / seconds for count in {*kinds, sum(kinds)}]
                return min((abs(said - rate) / rate for rate in true))
        return None

    def text(self):
        if not self.found:
            words = ["nothing"]
        else:
            words = [self.word(found) for found in self.found]
        if self.wrong:
            words.append("**wrong**")
        if self.missed:
            words.append("*undecided*" if self.nearly else "**missed**")
        return ", ".join(words)

    def word(self, found):
        rate = found.get("rate_per_s")
        said = f" {rate:.3g}/s" if rate is not None else ""
        return f"{found['rule']} ({found['confidence']}, {found['count']}{said})"


def describe_kernel(kernel):
    skipped = ("open",)
    parts = [f"{count} {name}" for name, count in sorted(kernel.items(), key=lambda pair: -pair[1])
             if name not in skipped]
    return f"{kernel.get('open', 0)} open: " + ", ".join(parts)


def leaks_as_said(program, look):
    """Whether the program itself did what its class says; the text of the fault, or None."""
    if program["class"] != "leak":
        return None
    truth, kernel = look["truth"], look["kernel"]
    total = sum(truth["leaked"].values())
    # The line of the truth may be half a second younger than the look.
    if total > kernel.get("open", 0) * 1.05 + 20:
        return f"says that {total} descriptors leaked, and has {kernel.get('open', 0)} open"
    if "rate" in program and total and total < program["rate"] * look["age"] * 0.5:
        return f"leaked only {total} within {look['age']} s"
    return None


def matrix(judged):
    """Rows are programs, columns the rules that any of them asks for or was given."""
    used = [rule for rule in RULES if any(
        rule in last.wanted or any(found["rule"] == rule for found in last.found)
        for _, last in judged)]
    lines = ["| program | " + " | ".join(used) + " |", "|---|" + ":-:|" * len(used)]
    for program, last in judged:
        cells = []
        for rule in used:
            confidence = next((found["confidence"] for found in last.found
                               if found["rule"] == rule), None)
            if confidence == "undecided":
                sign = SIGNS["undecided"]
            elif confidence and rule in last.wrong:
                sign = SIGNS["wrong"]
            elif confidence and rule in last.hits:
                sign = SIGNS["expected"]
            elif confidence:
                sign = SIGNS["allowed"]
            elif rule in last.wanted and last.missed:
                sign = SIGNS["missed"]
            else:
                sign = ""
            cells.append(sign)
        lines.append(f"| {program['name']} | " + " | ".join(cells) + " |")
    return lines


def totals(judged_all):
    """One row for a set: counts over programs at their last age, and over all looks."""
    last = [(program, looks[-1]) for program, looks in judged_all]
    leaks = [look for program, look in last if program["class"] == "leak"]
    healthy = [looks for program, looks in judged_all if program["class"] == "healthy"]
    rates = sorted(look.rate_error for _, looks in judged_all for look in looks
                   if look.rate_error is not None)
    return {
        "leaks": len(leaks),
        "found": sum(1 for look in leaks if not look.missed),
        "undecided": sum(1 for look in leaks if look.nearly),
        "wrong": sum(1 for program, look in last if program["class"] != "healthy" and look.wrong),
        "healthy": len(healthy),
        "accused": sum(1 for looks in healthy if any(look.wrong for look in looks)),
        "looks": sum(len(looks) for looks in healthy),
        "false_looks": sum(1 for looks in healthy for look in looks if look.wrong),
        "rates": len(rates),
        "median": rates[len(rates) // 2] if rates else None,
        "within": sum(1 for rate in rates if rate <= 0.1),
    }


def totals_row(name, row):
    def share(part, whole):
        return f"{part} of {whole}"
    median = f"{row['median'] * 100:.1f} %" if row["median"] is not None else "–"
    return (f"| {name} | {share(row['found'], row['leaks'])} | {row['undecided']} "
            f"| {row['wrong']} | {share(row['accused'], row['healthy'])} "
            f"| {share(row['false_looks'], row['looks'])} "
            f"| {share(row['within'], row['rates'])} | {median} |")


INTRODUCTION = """# Leak programs and what `sockeye inspect` says of them

Small real programs, leaking and healthy, run on loopback and inspected while they run. Their
sources, and the manifest with what is expected of each, are in `Tests/LeakPrograms`. This file is
written by `{command}`.

{versions}

*Accused* means a finding that is certain or likely; undecided findings are shown apart. A leak is
*found* when one of the rules that fit it is among the accusations at its last age. A healthy
program must not be accused at any age. *Bounded* programs make a mistake whose sockets do not grow
for ever (the server closes them as fast as they come): the mistake may be named, it need not be.
A third of the programs was *held out*: chosen by a hash of the name before the first inspection,
and not looked at while anything was tuned.

Signs: ✓ accused as expected, + accused beside that and also true, ✗ accused wrongly, ? undecided,
– expected and not found.
"""


def write(programs, runs, command, versions, skipped):
    """The report as Markdown lines, and what makes the exit status 1."""
    faults = []
    lines = INTRODUCTION.format(
        command=command,
        versions="; ".join(f"{name} {version}" for name, version in versions)).splitlines()
    judged = []
    for program in programs:
        run = runs.get(program["name"])
        if run is None:
            continue
        if run.failure:
            faults.append(f"{program['name']}: {run.failure}")
        if run.looks and not run.failure:
            judged.append((program, [Judgement(program, look) for look in run.looks]))
            fault = leaks_as_said(program, run.looks[-1])
            if fault:
                faults.append(f"{program['name']}: {fault}")
    sets = {"tuned": [each for each in judged if not each[0]["held_out"]],
            "held out": [each for each in judged if each[0]["held_out"]]}
    for name, members in sets.items():
        for program, looks in members:
            said = [f"{look.age} s: {look.text()}" for look in looks if look.wrong]
            if program["class"] == "healthy" and said:
                faults.append(f"{program['name']} is healthy and was accused: " + "; ".join(said))
            if name == "tuned" and looks[-1].missed:
                faults.append(f"{program['name']} was missed at {looks[-1].age} s: "
                              + looks[-1].text())
    lines += ["", "## Totals", "",
              "| set | leaks found | of the rest, undecided | with a wrong rule beside "
              "| healthy accused | healthy looks accused | rates within 10 % | median error of rate |",
              "|---|---|---|---|---|---|---|---|"]
    lines += [totals_row(name, totals(members)) for name, members in sets.items() if members]
    for name, members in sets.items():
        if members:
            last = [(program, looks[-1]) for program, looks in members]
            lines += ["", f"## At the last age: {name}", "", *matrix(last)]
    lines += ["", "## By age", "",
              "Each finding with its confidence, count, and rate where one look gives it; what the "
              "kernel shows is counted from `/proc` alone.", ""]
    for program, looks in sorted(judged, key=lambda each: each[0]["name"]):
        kind = program["class"] + (", held out" if program["held_out"] else "")
        lines += [f"### {program['name']} ({kind})", "",
                  "| age | found | leaked in truth | rate in truth | kernel |", "|--:|---|---|--:|---|"]
        for look in looks:
            leaked = ", ".join(f"{count} {name}" for name, count in look.truth["leaked"].items()
                               if count) or "nothing"
            lines.append(f"| {look.shown_age} | {look.text()} | {leaked} "
                         f"| {look.truth['rate']:.3g}/s | {describe_kernel(look.kernel)} |")
        lines.append("")
    if skipped or faults:
        lines += ["## Not run, or not as it should be", ""]
        lines += [f"- {name}: {reason}" for name, reason in skipped.items()]
        lines += [f"- {fault}" for fault in faults]
    return lines, faults


def dry(programs, runs):
    """What the kernel shows at each age, for the eye."""
    lines, faults = [], []
    for program in programs:
        run = runs.get(program["name"])
        if run is None:
            continue
        for look in run.looks:
            lines.append(f"{program['name']:36} {look['age']:3} s  "
                         f"leaked {sum(look['truth']['leaked'].values()):5}  "
                         + describe_kernel(look["kernel"]))
        fault = run.failure or leaks_as_said(program, run.looks[-1])
        if fault:
            faults.append(f"{program['name']}: {fault}")
    return lines, faults
