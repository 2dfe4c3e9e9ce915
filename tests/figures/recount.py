"""Counts the figures of a record once more, from its journal alone.

Reads the entries of a record with Python's own sqlite3 and json, tells the
turns of each case and counts every formula of version 1 by unit: written from
what the formulas say in words, sharing no line with the program. Compares with
the tables that `yiwang export figures` made, as JSON lines and as workbooks
that openpyxl opens.

    recount.py RECORD TABLES
"""

import json
import sqlite3
import sys
from collections import Counter, defaultdict
from datetime import datetime, timezone
from pathlib import Path

import openpyxl

# Until when it is measured how long it took.
MEASURED = {"handling_time": "closed", "review": "dispatched"}
OVER = {"returned": "given_back", "redirected": "sent_on", "reopened": "opened_again"}


def second(text):
    """The whole second of an RFC 3339 time; limits are compared as they are."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def histories(record):
    with sqlite3.connect(f"file:{record}?mode=ro", uri=True) as sql:
        cases = defaultdict(list)
        rows = sql.execute(
            "SELECT case_id, body FROM entry WHERE case_id IS NOT NULL ORDER BY seq"
        )
        for case, body in rows:
            entry = json.loads(body)
            (word, event), = entry["data"]["event"].items()
            at = entry["data"].get("happened", entry["at"])
            cases[case].append((second(at), word, event))
    return cases


def turns(history):
    """What each unit did with a case, and how it ended."""
    told = []
    turn = {}
    case = {"failed": False, "imported": bool(history[0][2].get("source"))}

    def fresh():
        return {"first": not told, "open": True}

    turn = fresh()
    for at, word, event in history:
        if word == "submitted":
            case.update(submitted=at, channel=event["channel"])
        if word in ("submitted", "accepted"):
            case.update(category=event.get("category"))
            case["area"] = event.get("area") or case.get("area")
        if word in OVER:
            had_unit = "dispatched" in turn
            if had_unit or word == "reopened":
                turn["over"] = OVER[word]
                turn["over_at"] = at
                told.append(dict(turn, **case))
            turn = fresh()
        if word == "dispatched":
            turn.update(
                dispatched=at,
                unit=event["unit"],
                respond_by=event.get("respond_by") and second(event["respond_by"]),
                resolve_by=event.get("resolve_by") and second(event["resolve_by"]),
                backstop=event.get("backstop", False),
            )
            turn["in_hand"] = "to_contact"
            turn.pop("reported", None)
            turn.update(assisting=set(event.get("assisting", [])), scores={})
        elif word == "started":
            turn["contacted"] = at
            turn["in_hand"] = "to_resolve"
        elif word == "reported_back":
            turn["reported"] = at
            turn["is_done"] = True
            turn["in_hand"] = None
        elif word == "verified" and not event["pass"]:
            case["failed"] = True
            turn["is_done"] = False
            turn["in_hand"] = "to_resolve"
        elif word == "unit_added":
            turn["assisting"] = turn.get("assisting", set()) | {event["unit"]}
        elif word == "unit_removed":
            turn["assisting"] = turn.get("assisting", set()) - {event["unit"]}
        elif word == "scored":
            if event.get("by") and event["unit"] == turn.get("unit"):
                turn["scores"][event["by"]] = event["score"]
        elif word == "extended":
            turn["resolve_by"] = second(event["resolve_by"])
        elif word == "joined":
            case["joined"] = True
        elif word in ("absorbed", "released"):
            case["others"] = case.get("others", 0) + (1 if word == "absorbed" else -1)
        if word == "resident_asked":
            case["asked_back"] = True
        if word in ("shelved", "resident_asked"):
            turn["held"] = second(event.get("review_by") or event["answer_by"])
        elif word in ("resumed", "resident_answered"):
            turn.pop("held")
            for limit in ("respond_by", "resolve_by"):
                turn[limit] = event.get(limit) and second(event[limit])
        elif word == "due_settled":
            for limit in ("respond_by", "resolve_by", "due"):
                if turn.get(limit) == second(event["was"]):
                    turn[limit] = second(event["due"])
        elif word == "closed":
            turn.update(closed=at, open=False, is_done=True, unverified=event.get("unverified", False))
        elif word == "withdrawn":
            turn.update(closed=at, open=False, is_done=True, unverified=True, withdrawn=True)
        elif word == "merged":
            turn["before_merge"] = {key: turn.get(key) for key in ("open", "due")}
            turn.update(closed=at, open=False, merged=True)
        elif word == "unmerged":
            turn.update(turn.pop("before_merge"), merged=False)
            del turn["closed"]
        elif word == "declined":
            turn.update(closed=at, open=False, declined=True)
        elif word == "called_back":
            reached = event["reached"]
            turn["asked"] = True
            turn["reached"] = reached
            turn["solved"] = event.get("solved") if reached else None
            turn["rating"] = event.get("satisfaction") if reached else None
        due(turn, word, event)
    told.append(dict(turn, **case, last=True))
    return told


def calls(record):
    """The calls of all whistles: who, by when, and what came of each."""
    with sqlite3.connect(f"file:{record}?mode=ro", uri=True) as sql:
        rows = sql.execute(
            "SELECT whistle_id, body FROM whistle_entry JOIN entry USING (seq) ORDER BY seq"
        ).fetchall()
    told = defaultdict(list)
    for whistle, body in rows:
        entry = json.loads(body)
        (word, event), = entry["data"]["event"].items()
        at = second(entry["data"].get("happened", entry["at"]))
        called = event["calls"] if word == "blown" else [event] if word == "unit_called" else []
        told[whistle] += [
            {"unit": one["unit"], "by": second(one["check_in_by"])} for one in called
        ]
        # A unit that is called again answers its last call.
        if word in ("checked_in", "call_refused"):
            last = [one for one in told[whistle] if one["unit"] == event["unit"]][-1]
            last["came" if word == "checked_in" else "refused"] = at
        if word in ("closed", "withdrawn"):
            for one in told[whistle]:
                one["ended"] = at
    return [one for whistle in told.values() for one in whistle]


def check_in(call, now):
    """Whether a unit came by its deadline, or why the call is left out."""
    if "came" in call:
        return call["came"] <= call["by"]
    # Whoever refuses after the deadline did not come.
    if "refused" in call and call["refused"] <= call["by"]:
        return "refused"
    if "ended" in call:
        return False if call["ended"] > call["by"] else "released"
    return False if now > call["by"] else "pending"


def due(turn, word, event):
    """By when the next step is due."""
    if word == "submitted":
        turn["due"] = second(event["accept_by"])
    elif word in ("accepted", "returned", "reopened"):
        turn["due"] = second(event["dispatch_by"])
    elif word == "dispatched":
        turn["due"] = turn["respond_by"] or turn["resolve_by"]
    elif word == "started":
        turn["due"] = turn.get("resolve_by")
    elif word == "reported_back":
        turn["due"] = second(event["verify_by"])
    elif word == "verified":
        turn["due"] = second(event["by"])
    elif word == "extended":
        if turn.get("in_hand") == "to_resolve" or (turn.get("in_hand") and turn["respond_by"] is None):
            turn["due"] = max(turn["due"], turn["resolve_by"]) if turn["due"] else turn["resolve_by"]
    elif word in ("shelved", "resident_asked"):
        turn["due"] = turn["held"]
    elif word in ("resumed", "resident_answered"):
        turn["due"] = event.get("due_at") and second(event["due_at"])
    elif word in ("closed", "declined", "withdrawn", "merged"):
        turn["due"] = None


def passed(by, turn, now):
    """Whether a limit ran out, in whole seconds, before now or the turn's end."""
    end = turn.get("over_at", now)
    return by is not None and int(by.timestamp()) < int(end.timestamp())


def limit(turn, which):
    """A limit; of what stands still, not before the pause is over."""
    by, held = turn.get(which), turn.get("held")
    return max(by, held) if by and held else by


def within(at, by):
    return at is not None and by is not None and at <= by


def asked(turn):
    if turn.get("declined"):
        return "declined"
    if turn.get("withdrawn"):
        return "withdrawn"
    if turn.get("merged"):
        return "merged"
    if not turn.get("asked"):
        return "not_asked"
    return None if turn["reached"] else "not_reached"


def done(turn):
    if "dispatched" not in turn or not turn.get("is_done"):
        return None
    return turn.get("reported") or turn.get("closed")


def judge(formula, turn, now, front_line, duties):
    """None when the formula is not about it; else whether it is met, or why it is left out."""
    about_closed = formula in (
        "resolution", "satisfaction", "first_contact", "reopen", "not_solved",
        "reached", "verified", "front_line", "lowest_tier", "handling_time", "asked_back",
        "withdrawn",
    )
    each_case = formula in (
        "first_contact", "front_line", "lowest_tier", "handling_time", "declined", "overdue",
        "asked_back", "told_again", "withdrawn", "covered",
    )
    if each_case and not turn.get("last"):
        return None
    if about_closed and "closed" not in turn:
        return None
    each_turn = ("response", "review", "on_time", "return", "joint", "front_line_score")
    if formula in each_turn and "dispatched" not in turn:
        return None
    late_contact = "contacted" not in turn and passed(limit(turn, "respond_by"), turn, now)
    late_done = done(turn) is None and passed(limit(turn, "resolve_by"), turn, now)
    if formula in ("response", "review", "on_time", "joint", "front_line_score") and turn.get("merged"):
        return "merged"
    if formula == "review":
        return turn.get("over") not in ("given_back", "sent_on") if turn["first"] else "again"
    if formula == "joint":
        return bool(turn.get("assisting"))
    if formula == "front_line_score":
        given = list(turn["scores"].values())
        return "no_score" if not given else sum(given) >= 4 * len(given)
    if formula == "response":
        if turn["respond_by"] is None:
            return "no_limit"
        if "contacted" not in turn and not late_contact:
            return "ended" if "over" in turn else "pending"
        return within(turn.get("contacted"), turn["respond_by"])
    if formula == "on_time":
        if turn["resolve_by"] is None:
            return "no_limit"
        if done(turn) is None and not late_done:
            return "ended" if "over" in turn else "pending"
        return within(done(turn), turn["resolve_by"])
    if formula in ("resolution", "not_solved"):
        why = asked(turn)
        if why is None and turn["solved"] is None:
            why = "no_answer"
        return why or turn["solved"] == (formula == "resolution")
    if formula == "satisfaction":
        why = asked(turn)
        if why is None and turn["rating"] is None:
            why = "no_rating"
        return why or turn["rating"] >= 4
    if formula == "return":
        return "backstop" if turn["backstop"] else turn.get("over") == "given_back"
    if formula == "declined":
        if turn["open"] and "dispatched" not in turn:
            return "undecided"
        return bool(turn.get("declined"))
    if formula == "overdue":
        return passed(turn["due"], turn, now) if turn["open"] else "finished"
    if formula in ("told_again", "covered"):
        if turn.get("merged"):
            return "merged"
        if formula == "covered":
            return duties.covers(turn)
        return turn.get("joined", False) or turn.get("others", 0) > 0
    if turn.get("declined"):
        return "declined"
    if formula in ("asked_back", "withdrawn"):
        if turn.get("merged"):
            return "merged"
        return bool(turn.get(formula))
    if turn.get("withdrawn"):
        return "withdrawn"
    if turn.get("merged"):
        return "merged"
    if formula == "reopen":
        return turn.get("over") == "opened_again"
    if formula == "reached":
        return bool(turn.get("reached"))
    if formula == "verified":
        return not turn["unverified"]
    if "dispatched" not in turn:
        return "no_unit"
    if formula == "handling_time":
        if turn["resolve_by"] is None:
            return "no_limit"
        return within(done(turn), turn["resolve_by"])
    if formula == "lowest_tier":
        lowest = duties.lowest(turn.get("category"), turn.get("area"))
        if lowest is None:
            return "no_duty"
        own = duties.steps(turn["unit"], turn.get("area"))
        return own is not None and own <= lowest
    if formula == "first_contact":
        return turn["first"] and not turn["failed"] and turn.get("solved") is not False
    return turn["unit"] in front_line


def recount(cases, whistled, formula, now, front_line, duties):
    """Met, counted and left out by reason, and how long it took, for each unit."""
    boards = defaultdict(Counter)
    lasted = defaultdict(list)
    if formula == "check_in":
        judged = [(call, check_in(call, now)) for call in whistled]
    else:
        all_turns = (turn for history in cases.values() for turn in turns(history))
        judged = [(turn, judge(formula, turn, now, front_line, duties)) for turn in all_turns]
    for turn, verdict in judged:
        if verdict is None:
            continue
        unit = turn.get("unit")
        if isinstance(verdict, str):
            told = [f"left_out.{verdict}", "left_out"]
        else:
            told = ["counted", "met"] if verdict else ["counted"]
            if formula in MEASURED:
                whole = [int(turn[at].timestamp()) for at in ("submitted", MEASURED[formula])]
                lasted[unit].append(max(0, whole[1] - whole[0]))
        boards[unit].update(told + ["all"])
    for unit, seconds in lasted.items():
        seconds.sort()
        at = lambda tenths: seconds[-(-len(seconds) * tenths // 10) - 1]
        boards[unit].update(measured=len(seconds), median_seconds=at(5), p90_seconds=at(9))
    return boards


class Duties:
    """Who may act on what, where, and what scenarios are about: from the items of the record."""

    def __init__(self, record):
        with sqlite3.connect(f"file:{record}?mode=ro", uri=True) as sql:
            items = lambda kind: [
                json.loads(body)
                for body, in sql.execute("SELECT body FROM item WHERE kind = ?", (kind,))
            ]
            self.units = {unit["code"]: unit for unit in items("unit")}
            self.parents = {area["code"]: area.get("parent") for area in items("area")}
            self.scopes = [one["scope"] for one in items("scenario") if not one.get("retired")]

    def covers(self, turn):
        """Whether some scenario is about a case; an area has those that lie in it."""
        around, area = set(), turn.get("area")
        while area is not None:
            around.add(area)
            area = self.parents.get(area)
        return any(
            turn.get("category") in scope["categories"]
            and (not scope.get("areas") or around & set(scope["areas"]))
            and (not scope.get("channels") or turn["channel"] in scope["channels"])
            for scope in self.scopes
        )

    def steps(self, unit, area):
        """How many areas up the unit begins; None where it has no business."""
        unit = self.units.get(unit)
        if unit is None:
            return None
        own = unit.get("areas") or []
        up = 0
        while area is not None:
            if area in own:
                return up
            area, up = self.parents.get(area), up + 1
        return None if own else float("inf")

    def lowest(self, category, area):
        able = (
            self.steps(code, area)
            for code, unit in self.units.items()
            if category in unit["duties"]
        )
        return min((steps for steps in able if steps is not None), default=None)


def front_line_units(record):
    with sqlite3.connect(f"file:{record}?mode=ro", uri=True) as sql:
        units = sql.execute("SELECT body FROM item WHERE kind = 'unit'")
        bodies = [json.loads(body) for body, in units]
    return {unit["code"] for unit in bodies if unit["kind"] in ("street", "community")}


def workbook_rows(path):
    sheet = openpyxl.load_workbook(path, read_only=True).active
    head, *rows = list(sheet.iter_rows(values_only=True))
    return [dict(zip(head, row)) for row in rows]


def differences(table, boards):
    """Where a table says something else than was counted here."""
    parts = [row for row in table if row["formula"]][1:]
    if {row["key"] for row in parts} != set(boards):
        yield f"units {sorted(str(row['key']) for row in parts)}"
    for row in parts:
        mine = boards[row["key"]]
        for column, value in row.items():
            is_count = (
                column in ("met", "counted", "all", "left_out", "measured")
                or column.endswith("_seconds")
                or "." in column
            )
            if is_count and (value or 0) != mine[column]:
                yield f"{row['key']} {column}: {value}, counted here {mine[column]}"
        if row["counted"] and abs(row["rate"] - mine["met"] / mine["counted"]) > 1e-6:
            yield f"{row['key']} rate: {row['rate']}"


def main():
    record, tables = Path(sys.argv[1]), Path(sys.argv[2])
    cases, front_line = histories(record), front_line_units(record)
    whistled, duties = calls(record), Duties(record)
    failed = 0
    counted = 0
    for path in sorted(tables.glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        formula, version = lines[0]["formula"].rsplit(".", 1)
        assert version == "1", path
        # A limit may have run out since the table was made.
        made = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
        found = None
        for now in (made, datetime.now(timezone.utc)):
            boards = recount(cases, whistled, formula, now, front_line, duties)
            found = list(differences(lines, boards))
            if not found:
                break
        sheet = workbook_rows(path.with_suffix(".xlsx"))
        same = [{**row, "key": row["key"] or None} for row in sheet]
        plain = ("key", "met", "counted", "all", "left_out")
        if [[row[c] for c in plain] for row in same] != [[row[c] for c in plain] for row in lines]:
            found.append("the workbook differs from the lines")
        total = sum(sum(part.values()) for part in boards.values())
        counted += total
        print(f"{'FAILED' if found else 'ok'}: {formula}: {len(boards)} parts")
        for difference in found[:10]:
            print(f"    {difference}")
        failed += bool(found)
    if not counted:
        print("FAILED: nothing was counted")
        failed += 1
    sys.exit(failed > 0)


main()
