"""A stand-in for `gcloud`: keeps a project in a JSON file, and every command line in another.

It knows the commands that a deployment uses, and of their answers only the fields that are read. The fields'
names are those of the services' public APIs (v2 of Functions and Cloud Tasks, v1 of the others).
Run as a script with the path of the project's file in STAND_IN_PROJECT.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

State = dict[str, Any]


class Refused(Exception):
    """What the command says on stderr before it exits with 1."""


def main(arguments: list[str]) -> None:
    file = Path(os.environ["STAND_IN_PROJECT"])
    with file.with_suffix(".log").open("a") as log:
        log.write(json.dumps(arguments) + "\n")
    state: State = json.loads(file.read_text())
    words = [each for each in arguments if not each.startswith("--")]
    options = dict(each[2:].split("=", 1) for each in arguments if each.startswith("--") and "=" in each)
    line = " ".join(words)
    if words[:2] == ["auth", "list"]:
        return show(state["logged_in"])
    if not state["logged_in"]:
        refuse(
            line,
            "You do not currently have an active account selected.\nPlease run:\n\n  $ gcloud auth login",
        )
    for wanted, message in state["fails"].items():
        if line.startswith(wanted):
            refuse(line, message)
    try:
        answer = answered(state, words, options)
    except Refused as error:
        refuse(line, str(error))
    file.write_text(json.dumps(state))
    if options.get("format") == "json":
        show(answer)
    elif answer is not None:
        print(answer)
    return None


def answered(state: State, words: list[str], options: dict[str, str]) -> Any:
    match words:
        case ["projects", "describe", name]:
            if name != state["project"]:
                raise Refused(f"[{name}] not found, or you have no permission to see it.")
            return {"projectId": name, "lifecycleState": "ACTIVE"}
        case ["services", "list"]:
            return [{"config": {"name": name}} for name in state["services"]]
        case ["services", "enable", *names]:
            state["services"] += names
            return None
        case [*_, ("get-iam-policy" | "add-iam-policy-binding" | "add-invoker-policy-binding") as verb, name]:
            return policy(state, verb, words[0], name, options)
        case ["iam", "service-accounts", "list"]:
            return [{"email": email} for email in state["accounts"]]
        case ["iam", "service-accounts", "create", name]:
            return add(state["accounts"], f"{name}@{state['project']}.iam.gserviceaccount.com")
        case ["sql", kind, verb, *name]:
            return sql(state, kind, verb, name, options)
        case ["secrets", "create" | "list", *_] | ["secrets", "versions", "list", _]:
            return secrets(state, words)
        case ["tasks", "queues", verb, *name]:
            return listed(state["queues"], verb, name, options, "queues", state="RUNNING")
        case ["scheduler", "jobs", "list"]:
            return listed(state["jobs"], "list", [], options, "jobs")
        case ["scheduler", "jobs", verb, "http", name]:
            return listed(state["jobs"], verb, [name], options, "jobs")
        case ["functions", verb, *name]:
            return functions(state, verb, name, options)
    print(f"ERROR: (gcloud) Invalid choice: {words}", file=sys.stderr)
    sys.exit(2)


def policy(state: State, verb: str, kind: str, name: str, options: dict[str, str]) -> Any:
    held = state["policies"].setdefault(f"{kind} {name}", [])
    if verb != "get-iam-policy":
        role = options.get("role", "roles/run.invoker")
        if [role, options["member"]] not in held:
            held.append([role, options["member"]])
    return {"bindings": [{"role": role, "members": [member]} for role, member in held]}


def sql(state: State, kind: str, verb: str, names: list[str], options: dict[str, str]) -> Any:
    if (kind, verb) == ("instances", "list"):
        return list(state["instances"].values())
    name = names[0] if kind == "instances" else options["instance"]
    if (kind, verb) == ("instances", "create"):
        flags = [dict(zip(("name", "value"), each.split("="), strict=True))
                 for each in options["database-flags"].split(",")]  # fmt: skip
        version = options["database-version"]
        state["instances"][name] = {"name": name, "state": "RUNNABLE", "databaseVersion": version} | {
            "settings": {"databaseFlags": flags}, "databases": [], "users": []
        }  # fmt: skip
        return None
    if name not in state["instances"]:
        raise Refused("The Cloud SQL instance does not exist.")
    held = state["instances"][name][kind]
    if verb == "list":
        return held
    return add(held, {"name": names[0], "type": options.get("type", "").upper()})


def secrets(state: State, words: list[str]) -> Any:
    held = state["secrets"]
    match words:
        case ["secrets", "list"]:
            return [{"name": f"projects/1/secrets/{name}"} for name in held]
        case ["secrets", "create", name]:
            # The value itself is not kept.
            held[name] = "ENABLED" if sys.stdin.read() else "none"
            return None
        case [*_, name]:
            return [{"name": f"projects/1/secrets/{name}/versions/1", "state": held[name]}]


def listed(held: State, verb: str, names: list[str], options: dict[str, str], kind: str, **more: str) -> Any:
    if verb == "list":
        return [{"name": f"projects/p/locations/r/{kind}/{name}", **each} for name, each in held.items()]
    (name,) = names
    if verb == "create" and name in held:
        raise Refused(f"ALREADY_EXISTS: {kind} {name} already exists.")
    if verb == "update" and name not in held:
        raise Refused(f"NOT_FOUND: {kind} {name} does not exist.")
    held[name] = {**more, "options": options}
    return None


def functions(state: State, verb: str, names: list[str], options: dict[str, str]) -> Any:
    held = state["functions"]
    if verb == "list":
        return [
            {"name": f"projects/p/locations/r/functions/{name}", "serviceConfig": {"uri": address(name)}}
            for name in held
        ]
    (name,) = names
    if verb == "deploy":
        if not Path(options["source"], "main.py").is_file():
            raise Refused("Provided source directory does not have file [main.py]")
        held[name] = options
    elif name not in held:
        raise Refused(f"Resource 'functions/{name}' was not found")
    return address(name) if verb == "describe" else None


def address(name: str) -> str:
    return f"https://{name}-hash-ew.a.run.app"


def add(held: list[Any], one: Any) -> None:
    if one in held:
        raise Refused(f"ALREADY_EXISTS: {one}")
    held.append(one)


def show(answer: Any) -> None:
    print(json.dumps(answer))


def refuse(line: str, message: str) -> NoReturn:
    print(f"ERROR: (gcloud.{line.replace(' ', '.')}) {message}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
