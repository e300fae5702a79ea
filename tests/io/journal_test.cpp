#include "io/files/journal.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/error.hpp"
#include "file_size_limit.hpp"
#include "io/files/group_commit.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

using JournalTest = ScratchFolder;
using GroupCommitTest = ScratchFolder;

JournalOrigin origin(std::uint64_t data) { return {.data = data}; }

std::vector<std::string> bytes_of(const std::vector<Journal::Record>& records) {
  std::vector<std::string> all;
  for (const Journal::Record& each : records) all.push_back(each.bytes);
  return all;
}

std::vector<Journal::Record> records_in(const std::filesystem::path& path) {
  std::vector<Journal::Record> records;
  Journal::visit_records(path, [&](std::uint32_t epoch, std::string_view bytes) {
    records.push_back({.epoch = epoch, .bytes = std::string(bytes)});
  });
  return records;
}

TEST_F(JournalTest, gives_back_its_records_in_order) {
  {
    Journal journal(at("journal"), origin(7));
    EXPECT_EQ(journal.found(), Journal::Found::nothing);
    journal.append("first");
    journal.add("");
    journal.add(std::string("\0\n", 2));
    journal.sync();
  }
  Journal journal(at("journal"), origin(7));
  EXPECT_EQ(journal.found(), Journal::Found::same_run);
  EXPECT_EQ(bytes_of(journal.records()), (std::vector<std::string>{"first", "", std::string("\0\n", 2)}));
  EXPECT_EQ(journal.cut_bytes(), 0U);
}

TEST_F(JournalTest, gives_back_more_than_it_reads_at_a_time) {
  std::vector<std::string> added;
  {
    Journal journal(at("journal"), origin(7));
    for (std::size_t i = 0; i < 60; ++i) added.emplace_back(50'000 * (i % 7), static_cast<char>('a' + i % 26));
    added[30].assign(3'000'000, 'G');
    for (const std::string& record : added) journal.add(record);
    journal.sync();
  }
  EXPECT_EQ(bytes_of(records_in(at("journal"))), added);
  EXPECT_EQ(bytes_of(Journal(at("journal"), origin(7)).records()), added);
}

/// Records 0 to 4, and where each begins.
struct Example {
  std::string bytes;
  std::vector<std::size_t> begin;
};

Example example_in(const std::filesystem::path& file) {
  Example example;
  Journal journal(file, origin(7));
  journal.set_epoch(3);
  for (int i = 0; i < 5; ++i) {
    example.begin.push_back(std::filesystem::file_size(file));
    journal.append("record " + std::to_string(i) + std::string(static_cast<std::size_t>(i), 'G'));
  }
  example.begin.push_back(std::filesystem::file_size(file));
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  example.bytes = bytes.str();
  return example;
}

std::vector<std::string> without(std::size_t missing) {
  std::vector<std::string> records;
  for (std::size_t i = 0; i < 5; ++i) {
    if (i != missing) records.push_back("record " + std::to_string(i) + std::string(i, 'G'));
  }
  return records;
}

TEST_F(JournalTest, cut_at_any_byte_of_its_last_three_records_it_loses_only_what_was_not_whole) {
  const Example example = example_in(at("journal"));
  for (std::size_t size = example.begin[2]; size < example.bytes.size(); ++size) {
    put("torn", example.bytes.substr(0, size));
    std::size_t n_whole = 0;
    while (example.begin[n_whole + 1] <= size) ++n_whole;
    std::vector<std::string> expected = without(5);
    expected.resize(n_whole);
    {
      Journal journal(at("torn"), origin(7));
      ASSERT_EQ(bytes_of(journal.records()), expected) << size;
      ASSERT_EQ(journal.cut_bytes(), size - example.begin[n_whole]);
      journal.append("again");
    }
    expected.emplace_back("again");
    ASSERT_EQ(bytes_of(Journal(at("torn"), origin(7)).records()), expected) << size;
  }
}

TEST_F(JournalTest, a_flipped_bit_costs_the_record_it_is_in_and_is_named) {
  const Example example = example_in(at("journal"));
  for (std::size_t bit = 8 * example.begin[1]; bit < 8 * example.bytes.size(); bit += 3) {
    std::string damaged = example.bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    put("damaged", damaged);
    std::size_t hit = 0;
    while (example.begin[hit + 1] <= bit / 8) ++hit;
    const Journal journal(at("damaged"), origin(7));
    ASSERT_EQ(bytes_of(journal.records()), without(hit)) << bit;
    const std::size_t n_bytes = example.begin[hit + 1] - example.begin[hit];
    if (hit == 4) {
      ASSERT_EQ(journal.cut_bytes(), n_bytes);
    } else {
      ASSERT_EQ(journal.damages(), (std::vector<Journal::Damage>{{example.begin[hit], n_bytes}})) << bit;
    }
  }
}

TEST_F(JournalTest, bytes_that_come_between_records_cost_none) {
  const Example example = example_in(at("journal"));
  std::string longer = example.bytes;
  longer.insert(example.begin[2], "GMRC and what else may stand there GMR");
  put("longer", longer);
  EXPECT_EQ(bytes_of(Journal(at("longer"), origin(7)).records()), without(5));
  EXPECT_EQ(bytes_of(records_in(at("longer"))), without(5));
  EXPECT_EQ(records_in(at("longer")).front().epoch, 3U);
  EXPECT_TRUE(records_in(at("none")).empty());
}

TEST_F(JournalTest, begins_anew_when_torn_within_its_header) {
  { Journal journal(at("journal"), origin(7)); }
  const std::string header = contents(at("journal"));
  for (std::size_t size = 0; size < header.size(); ++size) {
    put("torn", header.substr(0, size));
    EXPECT_EQ(Journal(at("torn"), origin(7)).found(), Journal::Found::nothing) << size;
  }
}

TEST_F(JournalTest, reports_another_run_and_changes_nothing_until_restarted) {
  { Journal(at("journal"), origin(7)).append("seven"); }
  const std::string before = contents(at("journal"));
  {
    Journal journal(at("journal"), origin(8));
    EXPECT_EQ(journal.found(), Journal::Found::other_run);
    EXPECT_EQ(contents(at("journal")), before);
    journal.restart();
    journal.append("eight");
  }
  EXPECT_EQ(bytes_of(Journal(at("journal"), origin(8)).records()), std::vector<std::string>{"eight"});
}

TEST_F(JournalTest, refuses_a_second_writer) {
  std::filesystem::create_directory(at("run"));
  const Journal journal(at("run/journal"), origin(7));
  EXPECT_EQ(message<core::UserError>([&] { Journal(at("run/journal"), origin(7)); }),
            "run: another gridmill is writing to this run directory\n"
            "  wait until it has finished, or give this run another output directory");
}

TEST_F(JournalTest, refuses_what_is_not_a_journal) {
  put("journal", "some notes of mine, longer than a header would be");
  EXPECT_EQ(message<core::UserError>([&] { Journal(at("journal"), origin(7)); }),
            "journal: is not a journal of gridmill\n  start anew with --overwrite, or choose another output");
}

TEST_F(JournalTest, ends_with_whole_records_when_the_disk_is_full) {
  Journal journal(at("journal"), origin(7));
  journal.append("first");
  {
    const FileSizeLimit limit(100);
    EXPECT_EQ(message<core::RunError>([&] { journal.append(std::string(500, 'x')); }),
              "cannot write journal: File too large");
  }
  journal.append("second");
  const std::string copy = contents(at("journal"));
  put("copy", copy);
  EXPECT_EQ(bytes_of(Journal(at("copy"), origin(7)).records()), (std::vector<std::string>{"first", "second"}));
}

TEST_F(JournalTest, tells_of_what_a_journal_was_that_it_does_not_take) {
  { Journal(at("journal"), {.config = 1, .data = 2, .program = 3}).append("one"); }
  const Journal journal(at("journal"), {.config = 1, .data = 5, .program = 3});
  EXPECT_EQ(journal.found(), Journal::Found::other_run);
  EXPECT_EQ(journal.found_origin(), (JournalOrigin{.config = 1, .data = 2, .program = 3}));
}

TEST_F(JournalTest, refuses_the_format_of_an_earlier_version) {
  put("journal", std::string("GMJOURNL\x01\0\0\0\0\0\0\0", 16) + std::string(16, 'x'));
  EXPECT_EQ(message<core::UserError>([&] { Journal(at("journal"), origin(7)); }),
            "journal: is a journal of format version 1; this gridmill reads version 2\n"
            "  start anew with --overwrite, or choose another output");
}

TEST_F(GroupCommitTest, has_all_on_the_disk_when_finished_in_the_order_added) {
  Journal journal(at("journal"), origin(7));
  std::vector<std::string> added;
  GroupCommit commit(journal);
  for (int i = 0; i < 1000; ++i) {
    added.push_back(std::to_string(i));
    commit.add(added.back());
  }
  commit.finish();
  EXPECT_EQ(bytes_of(records_in(at("journal"))), added);
}

TEST_F(GroupCommitTest, writes_what_was_added_by_itself_after_a_moment_and_at_its_end) {
  Journal journal(at("journal"), origin(7));
  {
    GroupCommit commit(journal, {}, std::chrono::milliseconds(1));
    commit.add("one");
    while (records_in(at("journal")).empty()) std::this_thread::yield();
    commit.add("two");
  }
  EXPECT_EQ(bytes_of(records_in(at("journal"))), (std::vector<std::string>{"one", "two"}));
}

TEST_F(GroupCommitTest, writes_nothing_once_it_is_not_allowed_to) {
  Journal journal(at("journal"), origin(7));
  std::atomic<bool> taken_over = false;
  GroupCommit commit(journal, [&] {
    if (taken_over) throw core::RunError("another launch has taken over");
  });
  commit.add("one");
  commit.finish();
  taken_over = true;
  commit.add("two");
  EXPECT_THROW(commit.finish(), core::RunError);
  EXPECT_THROW(commit.add("three"), core::RunError);
  EXPECT_EQ(bytes_of(records_in(at("journal"))), std::vector<std::string>{"one"});
}

TEST_F(GroupCommitTest, a_full_disk_is_told_by_the_next_call_and_the_journal_stays_whole) {
  Journal journal(at("journal"), origin(7));
  {
    GroupCommit commit(journal);
    commit.add("one");
    commit.finish();
    const FileSizeLimit limit(200);
    commit.add(std::string(500, 'x'));
    EXPECT_EQ(message<core::RunError>([&] { commit.finish(); }), "cannot write journal: File too large");
  }
  EXPECT_EQ(bytes_of(records_in(at("journal"))), std::vector<std::string>{"one"});
}

}  // namespace
}  // namespace gridmill::io
