#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cluster/work_folder.hpp"

namespace gridmill::cluster {

/// Told what is being done, a sentence at a time.
using Say = std::function<void(std::string_view sentence)>;

/// The program terraform, at work in the folder of a cluster, in the workspace of its name. What it says goes into the
/// folder's log; that something was made or removed is also said as it happens. It gets our environment, and with it
/// the user's credentials, but no variable that would have it tell more.
///
/// Errors of all: UserError where there is no terraform; RunError with what is wrong and what to do (trouble_in).
/// `stop`: becomes true when the user asks it to stop; terraform then ends what it is at, and RunError says so.
class Terraform {
 public:
  Terraform(const WorkFolder& folder, std::string cluster, Say say, const std::atomic<bool>& stop)
      : folder_(folder), cluster_(std::move(cluster)), say_(std::move(say)), stop_(stop) {}

  /// Fetches its provider, and makes the workspace unless it is there.
  void prepare();
  /// Plans what makes the cluster as its variables have it, or removes it. Returns terraform's own count: "31 to add, 0
  /// to change, 0 to destroy"; empty: nothing is to be done.
  /// Errors: RunError also where the head would be made anew, unless all is to be removed: what lies there would be
  /// lost.
  std::string plan(bool removal);
  /// Does what was planned.
  void apply_plan();
  /// Looks at what is there, and changes nothing but what is known of it: a head that was started has another address.
  void refresh();
  /// Writes WorkFolder::outputs.
  void write_outputs();
  /// Returns the names of all that terraform has made and not removed: "aws_instance.head".
  std::vector<std::string> resources();

 private:
  std::string run(std::vector<std::string> words, bool tells_steps = false);

  const WorkFolder& folder_;
  std::string cluster_;
  Say say_;
  const std::atomic<bool>& stop_;
};

/// Finds the count in what `terraform plan` says. Empty: it has nothing to do.
std::string planned_in(std::string_view terraform_text);

/// Says whether a plan would remove that resource to make it anew. (One that never came up, "tainted", holds nothing.)
bool is_replaced_in(std::string_view terraform_text, std::string_view resource);

/// Returns what a line of terraform's tells of a step that is done, for people: "made aws_instance.head (12s)"; empty:
/// nothing.
std::string step_in(std::string_view line);

}  // namespace gridmill::cluster
