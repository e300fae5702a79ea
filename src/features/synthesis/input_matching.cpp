#include "features/synthesis/input_matching.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::features {
namespace {

using Place = std::uint32_t;  // in the candidates
using Places = std::vector<Place>;

bool is_direct(const Candidate* candidate) { return candidate->feature->kind == FeatureKind::direct; }

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool is_admitted(const Admitted& admitted, std::size_t slot, Place place) {
  return slot >= admitted.size() || admitted[slot][place];
}

bool all_admitted(const Admitted& admitted, const Places& choice) {
  for (std::size_t slot = 0; slot < choice.size(); ++slot) {
    if (!is_admitted(admitted, slot, choice[slot])) return false;
  }
  return true;
}

/// The candidates that fit each slot.
std::vector<Places> fitting(const std::vector<InputSlot>& slots, const std::vector<const Candidate*>& candidates) {
  std::vector<Places> places(slots.size());
  for (std::size_t s = 0; s < slots.size(); ++s) {
    for (Place i = 0; i < candidates.size(); ++i) {
      if (fits(candidates[i]->feature->type, slots[s])) places[s].push_back(i);
    }
  }
  return places;
}

/// More would fill the memory before anybody could use them.
constexpr std::size_t kMostChoices = 2'000'000;

[[noreturn]] void fail_too_many(const Primitive& primitive) {
  throw core::UserError(
      fmt::format("{} can be applied in more than {} ways to the features of one table", primitive.name, kMostChoices),
      "lower max_depth, name fewer primitives, or limit this one's columns by primitive_options");
}

/// Appends all choices of one place a slot, none twice.
void choose(const Primitive& primitive, const std::vector<Places>& slots, Places& chosen, std::vector<Places>& all) {
  if (chosen.size() == slots.size()) {
    if (all.size() == kMostChoices) fail_too_many(primitive);
    all.push_back(chosen);
    return;
  }
  for (const Place place : slots[chosen.size()]) {
    if (std::find(chosen.begin(), chosen.end(), place) != chosen.end()) continue;
    chosen.push_back(place);
    choose(primitive, slots, chosen, all);
    chosen.pop_back();
  }
}

/// Sorts each choice by lower-case names; equal ones by the names themselves.
void order_by_lower_name(std::vector<Places>& choices, const std::vector<const Candidate*>& candidates) {
  std::vector<std::string> names;
  names.reserve(candidates.size());
  for (const Candidate* each : candidates) names.push_back(lower_case(each->feature->name));
  for (Places& choice : choices) {
    std::sort(choice.begin(), choice.end(),
              [&](Place a, Place b) { return names[a] == names[b] ? a < b : names[a] < names[b]; });
  }
}

/// Brings each choice into its first order that is admitted, and removes those without one.
void order_by_options(std::vector<Places>& choices, const Admitted& admitted) {
  if (admitted.empty()) return;
  std::erase_if(choices, [&](Places& choice) {
    const Places before = choice;
    Places order(before.size());
    std::iota(order.begin(), order.end(), 0U);
    do {
      std::transform(order.begin(), order.end(), choice.begin(), [&](Place at) { return before[at]; });
      if (all_admitted(admitted, choice)) return false;
    } while (std::next_permutation(order.begin(), order.end()));
    return true;
  });
}

}  // namespace

std::vector<Inputs> match_inputs(const PrimitiveUse& use, const std::vector<const Candidate*>& candidates,
                                 DirectInputs direct, const Admitted& admitted) {
  std::vector<Places> choices;
  for (const std::vector<InputSlot>& slots : use.primitive->inputs) {
    Places chosen;
    choose(*use.primitive, fitting(slots, candidates), chosen, choices);
  }
  if (use.is_commutative()) {
    order_by_lower_name(choices, candidates);
    order_by_options(choices, admitted);
  } else {
    std::erase_if(choices, [&](const Places& choice) { return !all_admitted(admitted, choice); });
  }
  std::sort(choices.begin(), choices.end());
  choices.erase(std::unique(choices.begin(), choices.end()), choices.end());

  std::vector<Inputs> matches;
  matches.reserve(choices.size());
  for (const Places& choice : choices) {
    Inputs inputs;
    inputs.reserve(choice.size());
    for (const Place place : choice) inputs.push_back(candidates[place]);
    const bool wanted = direct == DirectInputs::allowed || (any_direct(inputs) && !all_direct_by_same_path(inputs));
    if (wanted) matches.push_back(std::move(inputs));
  }
  return matches;
}

bool all_direct_by_same_path(const Inputs& inputs) {
  return std::all_of(inputs.begin(), inputs.end(), [&](const Candidate* each) {
    return is_direct(each) && is_direct(inputs.front()) && each->feature->path == inputs.front()->feature->path;
  });
}

bool any_direct(const Inputs& inputs) { return std::any_of(inputs.begin(), inputs.end(), is_direct); }

}  // namespace gridmill::features
