#pragma once

#include <optional>
#include <string>

#include "jobs/mlflow_upload.hpp"

namespace gridmill::cli {

/// Says whether `--mlflow` names a server rather than a folder.
bool is_server(const std::string& word);

/// Returns the tracking server of MLflow at an address, http://HOST:PORT or https://HOST, asked with what the
/// environment says of the user, as MLflow's own program takes it: MLFLOW_TRACKING_USERNAME and
/// MLFLOW_TRACKING_PASSWORD, else MLFLOW_TRACKING_TOKEN. Errors: UserError when the address holds a name or a password,
/// which a list of processes would show.
jobs::TrackingServer tracking_server(const std::string& address);

}  // namespace gridmill::cli
