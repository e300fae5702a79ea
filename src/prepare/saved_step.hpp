#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/option.hpp"
#include "core/value.hpp"

namespace gridmill::prepare {

/// Returns the numbers as a list, a NaN as null.
core::Value list_of(const std::vector<double>& numbers);

/// Returns positions of features as a list.
core::Value list_of(const std::vector<std::size_t>& positions);

/// Says that what a fitted step was to be read from is not what one writes.
[[noreturn]] void reject_saved(const std::string& what);

/// Returns an entry of a mapping. Errors: UserError if there is none.
const core::Value& saved_entry(const core::Value& saved, std::string_view name);

/// Returns an entry that must be a list of `size` numbers; null is NaN. Errors: UserError.
std::vector<double> saved_numbers(const core::Value& saved, std::string_view name, std::size_t size);

/// Returns an entry that must be a list of numbers of any length; null is NaN. Errors: UserError.
std::vector<double> saved_numbers(const core::Value& saved, std::string_view name);

/// Returns an entry that must be a list of ascending positions below `n`. Errors: UserError.
std::vector<std::size_t> saved_positions(const core::Value& saved, std::string_view name, std::size_t n);

/// Returns an entry that must be a list of `size` texts. Errors: UserError.
std::vector<std::string> saved_texts(const core::Value& saved, std::string_view name, std::size_t size);

/// Returns the entry of an option's name, which must be what the option takes, and not its default: no step. Errors:
/// UserError.
std::string saved_choice(const core::Value& saved, const core::OptionSpec& option);

}  // namespace gridmill::prepare
