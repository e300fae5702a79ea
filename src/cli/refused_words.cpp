#include "cli/refused_words.hpp"

#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/error.hpp"
#include "core/hint.hpp"

namespace gridmill::cli {

namespace {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(std::function<bool(const CLI::App*)>())) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> flag_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace

void refuse_extras(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const CLI::App& place = chosen.empty() ? app : *chosen.front();
  const std::vector<std::string> extras = app.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front();
  const bool is_flag = word.starts_with('-');
  if (!is_flag && chosen.empty()) {
    throw core::UserError(fmt::format("unknown command '{}'", word), core::hint_for(word, command_names(app)));
  }
  const std::string name = chosen.empty() ? "gridmill" : "gridmill " + place.get_name();
  if (is_flag) {
    const std::string flag = word.substr(0, word.find('='));
    throw core::UserError(fmt::format("{}: unknown flag '{}'", name, flag), core::hint_for(flag, flag_names(place)));
  }
  throw core::UserError(fmt::format("{}: unexpected argument '{}'", name, word),
                        fmt::format("'{} --help' shows what it takes", name));
}

void refuse(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const std::string name = chosen.empty() ? "gridmill" : "gridmill " + chosen.front()->get_name();
  throw core::UserError(fmt::format("{}: {}", name, error.what()),
                        fmt::format("'{} --help' shows what it takes", name));
}

}  // namespace gridmill::cli
