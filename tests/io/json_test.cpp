#include "io/files/json.hpp"

#include <limits>

#include "core/error.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

using core::Value;
using core::ValueList;
using core::ValueMapping;
using Json = ScratchFolder;

const ValueMapping kEntries{{"a", 1}, {"b", ValueList{"x\"]", 0.5}}};

TEST_F(Json, has_its_checksum_as_a_last_entry) {
  const std::string text = to_sealed_json(kEntries);
  EXPECT_EQ(text.substr(0, text.size() - 21),
            "{\n  \"a\": 1,\n  \"b\": [\n    \"x\\\"]\",\n    0.5\n  ],\n  \"checksum\": ");
  const JsonFile read = read_json(put("a.json", text));
  EXPECT_TRUE(read.has_checksum);
  EXPECT_EQ(read.value, Value(kEntries));
  EXPECT_FALSE(read_json(put("a.json", to_json(Value(kEntries)))).has_checksum);
}

TEST_F(Json, of_which_any_byte_has_changed_is_refused) {
  const std::string text = to_sealed_json(kEntries);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const std::string said = message<core::UserError>([&] { read_json(put("a.json", changed)); });
    EXPECT_EQ(said.substr(0, 55), "a.json: has changed since gridmill wrote it: its checks") << at;
  }
}

TEST_F(Json, that_another_program_wrote_anew_is_refused_until_it_has_no_checksum) {
  std::string text = to_sealed_json(kEntries);
  text.erase(text.find('\n'), 3);
  EXPECT_EQ(message<core::UserError>([&] { read_json(put("a.json", text)); }),
            "a.json: has changed since gridmill wrote it: its checksum is another\n"
            "  make it again; or, if you changed it on purpose, remove its entry 'checksum'");
  std::string tight;
  for (const char c : text) {
    if (c != '\n' && c != ' ') tight += c;
  }
  EXPECT_NE(message<core::UserError>([&] { read_json(put("a.json", tight)); }), "");
  tight.erase(tight.rfind(",\"checksum"), tight.size());
  EXPECT_EQ(read_json(put("a.json", tight + "}")).value, Value(kEntries));
}

TEST_F(Json, does_not_nest_without_end) {
  for (const char* open : {"[", "{\"a\":", "[{\"b\":", "{\"\\\"\":["}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += open;
    EXPECT_EQ(message<core::UserError>([&] { read_json(put("a.json", text)); }),
              "a.json:1: has more than 500 brackets in each other");
  }
  EXPECT_EQ(read_json(put("a.json", "\"" + std::string(1000, '[') + "\"")).value, Value(std::string(1000, '[')));
  EXPECT_TRUE(read_json(put("a.json", std::string(500, '[') + std::string(500, ']'))).value.is_list());
}

TEST_F(Json, numbers_are_those_that_stand_there) {
  EXPECT_EQ(read_json(put("a.json", "9223372036854775807")).value, Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(read_json(put("a.json", "18446744073709551615")).value, Value(18446744073709551615.0));
  EXPECT_EQ(message<core::UserError>([&] { read_json(put("a.json", "[1e999]")); }),
            "a.json: holds a number beyond those of a double");
  EXPECT_EQ(message<core::UserError>([&] { read_json(put("a.json", "{\n\"a\": 1,\n\"b\" 2}")); }),
            "a.json:3: not valid JSON");
  EXPECT_EQ(message<core::UserError>([&] { read_json(at("none.json")); }), "none.json: no such file");
}

}  // namespace
}  // namespace gridmill::io
