#!/usr/bin/env python3
"""Checks that the digest of the sources changes with them, and that CONTRIBUTING.md says what it is for.

usage: source_digest_test.py CMAKE
"""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CMAKE = "cmake"


class SourceDigestTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name in ("core/a.hpp", "core/deep/b.cpp", "cli/c.cpp"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text("before\n")

    def digest(self):
        output = self.root / "digest.cpp"
        subprocess.run([CMAKE, f"-DROOT={self.root}", "-DROOMS=core,io", f"-DOUTPUT={output}", "-P",
                        PROJECT / "cmake/SourceDigest.cmake"], check=True)
        return re.search(r'"([0-9a-f]{64})"', output.read_text())[1]

    def test_changes_with_a_source_of_the_rooms(self):
        seen = [self.digest()]
        for change in (lambda: (self.root / "core/deep/b.cpp").write_text("after\n"),
                       lambda: (self.root / "core/a.hpp").rename(self.root / "core/other.hpp"),
                       lambda: (self.root / "core/other.hpp").unlink()):
            change()
            seen.append(self.digest())
        self.assertEqual(len(set(seen)), 4)

    def test_stays_when_another_room_changes(self):
        before = self.digest()
        (self.root / "cli/c.cpp").write_text("after\n")
        self.assertEqual(self.digest(), before)

    def test_what_is_done_by_hand_for_a_search_is_written_down(self):
        text = (PROJECT / "CONTRIBUTING.md").read_text()
        named = re.search(r"`(k\w+)` in\s+`(src/jobs/\w+\.cpp)`", text)
        self.assertIsNotNone(named, "CONTRIBUTING.md names what is raised by hand, and its file")
        self.assertIn(f"constexpr std::uint64_t {named[1]} = ", (PROJECT / named[2]).read_text())


if __name__ == "__main__":
    CMAKE = sys.argv.pop(1)
    unittest.main()
