#pragma once

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace gridmill::cli {

/// Throws UserError for words that no command takes: CLI11 says "The following argument was not expected: --rank", ours
/// says what was meant.
[[noreturn]] void refuse_extras(const CLI::App& app);

/// Throws UserError for all else that is wrong with a command line, in the words of CLI11.
[[noreturn]] void refuse(const CLI::App& app, const CLI::ParseError& error);

}  // namespace gridmill::cli
