#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "config/aws_place.hpp"

namespace gridmill::cluster {

/// What of the variables is no option as it stands.
struct GivenFiles {
  std::string public_key;         // the line of a key
  std::filesystem::path package;  // Debian package
};

/// Returns terraform's variables (terraform/vars.tf) as a .tfvars.json file. What is unset there stays out. Holds no
/// secret: the section has none.
std::string terraform_variables(const config::AwsPlace& place, const GivenFiles& files);

/// Returns what an hour of the head and `n_workers` of the dearest type costs at the prices given [USD]; nothing where
/// one is not given. Disks, addresses and traffic come on top.
std::optional<double> most_usd_per_hour(const config::AwsPlace& place, std::size_t n_workers);

/// Reads a public key file. Returns its line. Errors: UserError where there is none, or it is a private key.
std::string read_public_key(const std::filesystem::path& file);

}  // namespace gridmill::cluster
