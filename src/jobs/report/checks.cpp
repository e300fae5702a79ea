#include "jobs/report/checks.hpp"

#include <algorithm>
#include <array>

namespace gridmill::jobs {

namespace {

/// With a capital, where it begins with a plain word: names of columns and options stay as they are.
std::string as_sentence(std::string words) {
  const std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  const std::size_t end = words.find_first_not_of(letters);
  if (end != 0 && end != std::string::npos && words[end] == ' ') {
    words.front() = static_cast<char>(words.front() - 'a' + 'A');
  }
  return words;
}

}  // namespace

void Checks::bad(const std::string& what, const std::string& why, const std::string& cure) {
  add(Level::bad, what, why, cure);
}

void Checks::warning(const std::string& what, const std::string& why, const std::string& cure) {
  add(Level::warning, what, why, cure);
}

void Checks::note(const std::string& what, const std::string& why, const std::string& cure) {
  add(Level::note, what, why, cure);
}

void Checks::sentences(std::span<const std::string> all) {
  for (const std::string& sentence : all) {
    const std::size_t split = sentence.rfind("; ");
    const std::string cure = split == std::string::npos ? "" : as_sentence(sentence.substr(split + 2));
    warning(as_sentence(sentence.substr(0, split)), "", cure);
  }
}

core::ValueList Checks::list() && {
  std::ranges::stable_sort(all_, {}, &std::pair<Level, core::Value>::first);
  core::ValueList list;
  for (auto& [level, check] : all_) list.push_back(std::move(check));
  return list;
}

void Checks::add(Level level, const std::string& what, const std::string& why, const std::string& cure) {
  constexpr std::array kNames{"bad", "warning", "note"};
  all_.emplace_back(level, core::ValueMapping{{"level", kNames.at(static_cast<std::size_t>(level))},
                                              {"what", what},
                                              {"why", why},
                                              {"cure", cure}});
}

}  // namespace gridmill::jobs
