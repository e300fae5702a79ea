#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "jobs/run/observer.hpp"

namespace gridmill::cli {

/// Returns "3/54 fits, 12.5/s, 4 s left, best accuracy 0.9812 (C=1, gamma=0.001)", leaving out what is not known.
std::string progress_text(const jobs::Progress& progress);

/// Returns a bar and as much of the text as goes into `width` columns: "[#####.....] 27/54 fits, ...".
std::string bar_text(const jobs::Progress& progress, std::size_t width);

/// Returns the table of the best candidates, a line each, and the lines' feeds.
std::string leaderboard_text(const jobs::Leaderboard& leaderboard);

/// Returns "8 s", "3 min 20 s", "5 h 12 min", "2 d 3 h".
std::string duration_text(double seconds);

/// Returns the facts of a plan, a line each, names aligned.
std::string facts_text(const std::vector<jobs::Fact>& facts);

/// Returns the files a job has written, a line each, names aligned.
std::string files_text(const std::vector<jobs::WrittenFile>& files);

}  // namespace gridmill::cli
