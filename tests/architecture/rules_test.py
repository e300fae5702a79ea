#!/usr/bin/env python3
"""Plants breaches in a small project and expects rules.py to name each of them, and nothing else."""
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import rules


class RulesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.project = Path(self.folder.name)
        for room in ("core", "io", "models", "prepare", "mpi", "search", "config", "jobs", "cli"):
            self.write(f"src/{room}/{room}.hpp", "#pragma once\n")

    def write(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def breaches_of(self, name, text):
        self.write(name, text)
        return rules.breaches(self.project)

    def assert_allowed(self, name, *includes):
        self.assertEqual(self.breaches_of(name, "#pragma once\n" + "".join(f"#include {i}\n" for i in includes)), [])

    def assert_breach(self, name, include, *words):
        found = self.breaches_of(name, f"#pragma once\n#include {include}\n")
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{name}:2: "), found[0])
        for word in words:
            self.assertIn(word, found[0])

    def test_accepts_the_allowed_arrows(self):
        self.assert_allowed("src/search/plan.cpp", '"search/search.hpp"', '"models/models.hpp"', '"core/core.hpp"')
        self.assert_allowed("src/cli/main_command.cpp", '"jobs/jobs.hpp"', '"io/io.hpp"', "<vector>", "<sys/stat.h>")
        self.assert_allowed("src/main.cpp", '"cli/cli.hpp"', '"mpi/mpi.hpp"', "<mpi.h>")

    def test_accepts_libraries_at_home(self):
        self.assert_allowed("src/io/handle.hpp", "<hdf5.h>")
        self.assert_allowed("src/io/text.cpp", "<boost/iostreams/filter/gzip.hpp>", "<xxhash.h>", "<fmt/core.h>")
        self.assert_allowed("src/mpi/session.hpp", "<boost/mpi/environment.hpp>", "<boost/serialization/vector.hpp>")
        self.assert_allowed("src/models/svm/reference.cpp", "<svm.h>", "<hwy/highway.h>", "<armadillo>")
        self.assert_allowed("src/core/matrix.hpp", "<armadillo>")

    def test_refuses_arrows_against_the_flow(self):
        for room, other in (("core", "io"), ("io", "models"), ("models", "mpi"),
                            ("models", "prepare"), ("prepare", "models"), ("mpi", "search"),
                            ("search", "config"), ("config", "io"), ("config", "jobs"), ("jobs", "cli")):
            with self.subTest(room=room, other=other):
                self.assert_breach(f"src/{room}/planted.cpp", f'"{other}/{other}.hpp"', f"{room} may include")
                (self.project / f"src/{room}/planted.cpp").unlink()

    def test_refuses_floors_against_the_flow(self):
        for floor in ("files", "store", "nowhere"):
            self.write(f"src/io/{floor}/{floor}.hpp", "#pragma once\n")
        self.assert_allowed("src/io/store/reader.cpp", '"io/files/files.hpp"', '"io/store/store.hpp"', '"core/core.hpp"')
        self.assert_allowed("src/io/io.cpp", '"io/store/store.hpp"')
        self.assert_breach("src/io/files/planted.cpp", '"io/store/store.hpp"', "io/files may include no other floor")
        (self.project / "src/io/files/planted.cpp").unlink()
        self.assert_breach("src/io/store/planted.cpp", '"io/io.hpp"', "io/store may include io/files")
        (self.project / "src/io/store/planted.cpp").unlink()
        self.assert_breach("src/io/nowhere/planted.cpp", '"io/io.hpp"', "is on no known floor")

    def test_wants_floors_where_a_folder_is_full(self):
        for i in range(rules.MAX_SOURCES):
            self.write(f"src/io/files/f{i}.cpp", "")
        self.assertEqual(rules.breaches(self.project), [])
        found = self.breaches_of("src/io/files/one_more.cpp", "")
        self.assertEqual(found, ["src/io/files:33: has 33 source files; a folder has at most 32"])

    def test_wants_headers_to_include_what_they_name_of_the_standard_library(self):
        text = "#pragma once\n#include <string>\nstd::string a;  // std::map\nstd::vector<int> b;\nstd::vector<int> c;\n"
        found = self.breaches_of("src/io/planted.hpp", text)
        self.assertEqual(found, ["src/io/planted.hpp:4: names std::vector without including <vector>"])
        self.assertEqual(self.breaches_of("src/io/planted.hpp", text.replace("<string>", "<string>\n#include <vector>")), [])

    def test_wants_files_of_a_room_to_fit_beside_each_other(self):
        own = "namespace {{\n\nconstexpr int kMost = 1;\n{}struct Pair {{}};\nint sum(const int& a, int b) {{ return a + b; }}\n\n}}  // namespace\n"
        self.assertEqual(self.breaches_of("src/io/a.cpp", own.format("using Names = int;\n")), [])
        self.assertEqual(self.breaches_of("src/core/a.cpp", own.format("")), [])
        found = self.breaches_of("src/io/b.cpp", own.format("using Names = int;\n"))
        self.assertEqual([line.split(": ")[0] for line in found], ["src/io/b.cpp:3", "src/io/b.cpp:5", "src/io/b.cpp:6"])
        self.assertIn("calls its own sum(const int&, int) as src/io/a.cpp does", found[2])
        self.assertEqual(self.breaches_of("src/io/b.cpp", "namespace {\n\nint sum(const int& c, double d) { return c; }\n\n}  // namespace\n"), [])

    def test_wants_headers_guarded(self):
        found = self.breaches_of("src/io/planted.hpp", "#include <vector>\n#pragma once\n")
        self.assertEqual(found, ["src/io/planted.hpp:1: a header begins with #pragma once"])

    def test_keeps_jobs_for_the_command_line(self):
        self.assert_breach("src/main.cpp", '"jobs/jobs.hpp"', "main.cpp may include cli, core, mpi")

    def test_keeps_libraries_inside_their_fences(self):
        for file, header, words in (
                ("core/planted.cpp", "hdf5.h", "HDF5 stays in src/io"),
                ("models/planted.cpp", "H5Dpublic.h", "HDF5 stays in src/io"),
                ("jobs/planted.cpp", "mpi.h", "MPI stays in src/mpi and src/main.cpp"),
                ("search/planted.cpp", "boost/mpi.hpp", "MPI stays in"),
                ("search/planted.cpp", "boost/mpi/communicator.hpp", "MPI stays in"),
                ("models/planted.hpp", "svm.h", "libsvm stays in src/models/*.cpp"),
                ("models/planted.hpp", "libsvm/svm.h", "libsvm stays in src/models/*.cpp"),
                ("cli/planted.cpp", "yaml-cpp/yaml.h", "yaml-cpp stays in src/config/*.cpp"),
                ("config/planted.hpp", "yaml-cpp/yaml.h", "yaml-cpp stays in src/config/*.cpp"),
                ("config/planted.cpp", "CLI/CLI.hpp", "CLI11 stays in src/cli/*.cpp"),
                ("core/planted.hpp", "fmt/format.h", "fmt stays in .cpp files"),
                ("models/planted.hpp", "armadillo", "Armadillo stays in src/core/matrix.hpp and .cpp files"),
                ("io/planted.hpp", "boost/iostreams/stream.hpp", "Boost.Iostreams stays in src/io/*.cpp and"),
                ("search/planted.hpp", "boost/serialization/vector.hpp", "Boost.Serialization stays in")):
            with self.subTest(file=file, header=header):
                self.assert_breach(f"src/{file}", f"<{header}>", words)
                (self.project / "src" / file).unlink()

    def test_refuses_libraries_nobody_has_named(self):
        self.assert_breach("src/core/planted.cpp", "<boost/asio.hpp>", "ARCHITECTURE.md")

    def test_refuses_includes_without_the_full_path(self):
        self.assert_breach("src/io/planted.cpp", '"io.hpp"', "full path from src/")
        self.assert_breach("src/io/planted.cpp", '"../core/core.hpp"', "full path from src/")
        self.assert_breach("src/io/planted.cpp", "<core/core.hpp>", 'written "core/core.hpp"')

    def test_refuses_files_outside_the_rooms(self):
        self.assert_breach("src/helpers/planted.cpp", '"core/core.hpp"', "no known room")

    def test_sees_includes_with_odd_spacing(self):
        found = self.breaches_of("src/core/planted.cpp", "\n  #  include<mpi.h>\n")
        self.assertEqual([line.split(": ")[0] for line in found], ["src/core/planted.cpp:2"])

    def test_refuses_long_files(self):
        self.assertEqual(self.breaches_of("src/io/planted.cpp", "\n" * 499), [])
        self.assertIn("src/io/planted.cpp:500: has 500 lines", self.breaches_of("src/io/planted.cpp", "\n" * 500)[0])

    def test_refuses_paths_and_mirrors_of_one_machine(self):
        self.assertIn("configs/planted.yaml:1: names a path of one machine: /" "root/d",
                      self.breaches_of("configs/planted.yaml", "source: /" "root/digits.csv\n"))
        self.assertIn("configs/planted.yaml:1: names a package mirror of one machine: europe-apt.pkg.dev",
                      self.breaches_of("configs/planted.yaml", "source: https://europe-apt.pkg.dev/x\n"))
        self.assertEqual(self.breaches_of("configs/planted.yaml", "source: runs/" "work/x, ${HOME}/" "work/x\n"), [])

    def test_reads_every_file_where_there_is_no_git(self):
        self.write(".git/HEAD", "not a repository\n")
        self.write("build/dev/CMakeCache.txt", "HOME=/" "root/x\n")
        with unittest.mock.patch.dict("os.environ", PATH=""):
            self.assertEqual(rules.breaches(self.project), [])
            self.assertEqual(len(self.breaches_of("data/README.md", "see /" "root/digits\n")), 1)

    def test_ends_with_exit_code_1_on_a_breach(self):
        command = [sys.executable, rules.__file__, str(self.project)]
        self.assertEqual(subprocess.run(command, capture_output=True).returncode, 0)
        self.write("src/core/planted.cpp", "#include <mpi.h>\n")
        ended = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("src/core/planted.cpp:1: includes <mpi.h>", ended.stdout)


if __name__ == "__main__":
    unittest.main()
