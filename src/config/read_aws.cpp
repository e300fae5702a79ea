#include "config/aws_place.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <regex>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/host.hpp"

namespace gridmill::config {

namespace {

using core::Kind;
using core::Range;

constexpr std::size_t kMostWorkers = 64;  // as terraform/vars.tf
constexpr double kLeastIdle_s = 300;      // the same
constexpr const char* kTypeHint = "such as c7i.2xlarge; types with a 'g' after the number are ARM";

/// An option that is a section of its own.
template <class Options, class Inner>
Field<Options> section_field(std::string name, Inner Options::*member, std::function<Fields<Inner>()> fields,
                             std::string meaning) {
  return {
      .spec = {.name = std::move(name), .kinds = {Kind::mapping}, .meaning = std::move(meaning)},
      .set = [member, fields](const Node& node, const std::string& path, Options& options,
                              Problems& problems) { read_section(node, path, fields(), options.*member, problems); },
      .get = [member, fields](const Options& options) { return core::Value(echo(options.*member, fields())); }};
}

bool matches(const std::string& text, const char* pattern) { return std::regex_match(text, std::regex(pattern)); }

bool is_x86_type(const std::string& type) {
  return matches(type, R"([a-z][a-z0-9-]*\.[a-z0-9-]+)") && !matches(type, R"(([a-z]+[0-9]+g|a1\.).*)");
}

/// How many bits of an IPv4 range are fixed; nothing: it is no such range.
std::optional<int> bits_of(const std::string& cidr) {
  std::smatch parts;
  in_addr address{};
  static const std::regex kRange("([0-9.]+)/([0-9]|[12][0-9]|3[0-2])");
  if (!std::regex_match(cidr, parts, kRange)) return std::nullopt;
  if (::inet_pton(AF_INET, parts[1].str().c_str(), &address) != 1) return std::nullopt;
  return std::stoi(parts[2]);
}

/// Checks what the kinds and ranges of the declarations do not tell. What is empty was said to be missing.
class Checks {
 public:
  Checks(const Node& node, const AwsPlace& place, Problems& problems)
      : node_(node), place_(place), problems_(problems) {}

  void all() const {
    names();
    who_enters();
    machines();
    counts();
  }

 private:
  void add(std::string_view option, const std::string& what, std::string hint = {}) const {
    const Node* entry = node_.find(option);
    problems_.add(entry == nullptr ? node_.where : entry->where, fmt::format("aws.{}: {}", option, what),
                  std::move(hint));
  }

  void shape(std::string_view option, const std::string& text, const char* pattern, const std::string& what,
             std::string hint = {}) const {
    if (!text.empty() && !matches(text, pattern)) add(option, fmt::format("{}, not '{}'", what, text), std::move(hint));
  }

  void names() const {
    shape("name", place_.name, "[a-z][a-z0-9-]{0,18}[a-z0-9]",
          "must be 2 to 20 small letters, digits and '-', beginning with a letter", "name: dev");
    shape("region", place_.region, "[a-z]{2}(-[a-z]+)+-[0-9]", "must be the code of a region", "region: eu-central-1");
    shape("bucket", place_.bucket, "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
          "must be 3 to 63 small letters, digits and '-' (dots break its address)", "bucket: acme-gridmill");
    shape("ami_id", place_.ami_id, "ami-[0-9a-f]+", "must be the id of an image", "ami_id: ami-0123456789abcdef0");
    shape("kms_key_arn", place_.kms_key_arn, "arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-f-]+",
          "must be the ARN of a key", "arn:aws:kms:REGION:ACCOUNT:key/ID");
    shape("permissions_boundary", place_.permissions_boundary, "arn:[a-z-]+:iam::[0-9a-z]*:policy/.+",
          "must be the ARN of a policy", "arn:aws:iam::ACCOUNT:policy/NAME");
    for (const std::string& id : place_.subnet_ids) {
      shape("subnet_ids", id, "subnet-[0-9a-f]+", "must be ids of subnets", "subnet_ids: [subnet-0123456789abcdef0]");
    }
    if (!place_.vpc_cidr.empty() && !bits_of(place_.vpc_cidr)) {
      add("vpc_cidr", fmt::format("must be a private IPv4 range, not '{}'", place_.vpc_cidr), "vpc_cidr: 10.20.0.0/16");
    }
  }

  void who_enters() const {
    constexpr int kWidest = 24;
    constexpr const char* kHint =
        "admin_cidr: 203.0.113.7/32 (curl -s https://checkip.amazonaws.com tells your address)";
    const std::optional<int> bits = bits_of(place_.admin_cidr);
    if (!place_.admin_cidr.empty() && !bits) {
      add("admin_cidr", fmt::format("must be an IPv4 range, not '{}'", place_.admin_cidr), kHint);
    } else if (bits && *bits < kWidest) {
      add("admin_cidr",
          fmt::format("{} is more than 256 addresses; the head is never open to the world", place_.admin_cidr), kHint);
    }
    const std::string key = place_.ssh_public_key.string();
    if (key.find(' ') != std::string::npos && key.starts_with("ssh-")) {
      add("ssh_public_key", "must be the file of a public key, not its text", "ssh_public_key: ~/.ssh/id_ed25519.pub");
    }
  }

  void machines() const {
    if (!is_x86_type(place_.head)) {
      add("head", fmt::format("must be an x86-64 instance type, not '{}'", place_.head), "such as t3.medium");
    }
    for (const std::string& type : place_.instance_types) {
      if (is_x86_type(type)) continue;
      add("instance_types", fmt::format("must be x86-64 instance types, not '{}'", type), kTypeHint);
    }
    const std::set<std::string> different(place_.instance_types.begin(), place_.instance_types.end());
    if (different.size() < place_.instance_types.size()) {
      add("instance_types", "names a type twice");
    } else if (different.size() < 3) {
      add("instance_types", "must be at least three types, as the spot capacity of one or two often runs out",
          "instance_types: [c7i.2xlarge, c6i.2xlarge, c7a.2xlarge]");
    }
  }

  void counts() const {
    if (place_.workers.min > place_.workers.max) {
      add("workers", fmt::format("min, {}, is more than max, {}", place_.workers.min, place_.workers.max));
    }
    if (place_.on_demand_base > place_.workers.max) {
      add("on_demand_base", fmt::format("{} is more than workers.max, {}", place_.on_demand_base, place_.workers.max));
    }
    if (place_.idle.seconds < kLeastIdle_s || std::fmod(place_.idle.seconds, 60) != 0) {
      add("idle", fmt::format("must be whole minutes, at least 5, not {}", place_.idle.text()), "idle: 15 minutes");
    }
  }

  const Node& node_;
  const AwsPlace& place_;
  Problems& problems_;
};

Fields<AwsPlace> rare_aws_fields() {
  constexpr double kMostGb = 16384;
  const std::string unset = "; null: as terraform/vars.tf has it";
  return {
      field("owner", &AwsPlace::owner, "who is asked about the bill: a tag" + unset),
      field("azs", &AwsPlace::azs, "availability zones" + unset),
      field("vpc_cidr", &AwsPlace::vpc_cidr, "addresses of the network that is made" + unset),
      field("subnet_ids", &AwsPlace::subnet_ids, "public subnets that exist; null: a network is made"),
      field("create_bucket", &AwsPlace::create_bucket, "false: the bucket exists, and outlives the cluster" + unset),
      field("force_destroy", &AwsPlace::force_destroy,
            "true: 'cluster down' deletes the bucket with all that is in it" + unset),
      field("staging_days", &AwsPlace::staging_days, "days after which data that was sent for jobs is deleted" + unset,
            Range::at_least(1)),
      field("kms_key_arn", &AwsPlace::kms_key_arn, "key of yours that encrypts the bucket" + unset),
      field("permissions_boundary", &AwsPlace::permissions_boundary,
            "ARN of a policy that bounds the roles of the machines" + unset),
      field("ami_id", &AwsPlace::ami_id, "image of all machines; null: the newest Debian 12"),
      field("root_gb", &AwsPlace::root_gb, "disk of a worker [GB]" + unset, Range{.low = 8, .high = kMostGb}),
      field("head_gb", &AwsPlace::head_gb, "disk of the head [GB]" + unset, Range{.low = 8, .high = kMostGb}),
  };
}

}  // namespace

Fields<WorkerCount> worker_fields() {
  constexpr double kMost = kMostWorkers;
  return {
      field("min", &WorkerCount::min, "workers that stay when nobody works", Range{.low = 0, .high = kMost}),
      field("max", &WorkerCount::max, "workers that a job is given, and the most there can be",
            Range{.low = 1, .high = kMost}),
  };
}

Fields<Budget> budget_fields() {
  return {
      field("time", &Budget::time, "wall clock time that one run may take, '2 hours'; null: no limit"),
      field("cost", &Budget::cost, "what the machines may cost during one run, '5 USD'; null: no limit"),
  };
}

Fields<AwsPlace> aws_fields() {
  constexpr double kMostHours = 720;
  constexpr double kMostRanksPerNode = core::kMostSlots;
  Fields<AwsPlace> fields{
      required(field("name", &AwsPlace::name, "name of the cluster, in the names and tags of all that is made")),
      required(field("region", &AwsPlace::region, "AWS region, eu-central-1")),
      required(
          field("admin_cidr", &AwsPlace::admin_cidr, "the address from which ssh reaches the head, 203.0.113.7/32")),
      required(field("ssh_public_key", &AwsPlace::ssh_public_key,
                     "file with the public part of your ssh key, ~/.ssh/id_ed25519.pub")),
      required(field("bucket", &AwsPlace::bucket,
                     "bucket for data, results and the package: its name is unique in the world")),
      field("package", &AwsPlace::package,
            "Debian package of gridmill that all machines install; null: the one beside this program"),
      field("head", &AwsPlace::head, "instance type of the head, which stays, on demand"),
      field("instance_types", &AwsPlace::instance_types,
            "instance types of the workers, at least three, of as many cores each"),
      section_field<AwsPlace, WorkerCount>("workers", &AwsPlace::workers, worker_fields, "how many workers there are"),
      field("slots_per_node", &AwsPlace::slots_per_node, "ranks on each worker; 0: one per core",
            Range{.low = 0, .high = kMostRanksPerNode}),
      field("on_demand_base", &AwsPlace::on_demand_base, "how many workers are on demand; the others are spot",
            Range{.low = 0, .high = static_cast<double>(kMostWorkers)}),
      field("spot_max_price", &AwsPlace::spot_max_price,
            "most that a spot worker may cost [USD/hour]; 0: its price on demand", Range::at_least(0)),
      field("idle", &AwsPlace::idle, "time without work after which workers go, but for workers.min; whole minutes"),
      field("ttl_hours", &AwsPlace::ttl_hours, "hours after which all machines end, whatever happens",
            Range{.low = 1, .high = kMostHours}),
      field("limit", &AwsPlace::limit,
            "what the machines of the cluster may cost in all, after which they end, '20 USD'; null: no limit"),
      section_field<AwsPlace, Budget>("budget", &AwsPlace::budget, budget_fields,
                                      "what one run may take: it stops in order before it would take more"),
      field("prices", &AwsPlace::prices,
            "your prices on demand by instance type [USD/hour]; those of terraform/prices.csv need none"),
  };
  for (Field<AwsPlace>& each : rare_aws_fields()) fields.push_back(std::move(each));
  return fields;
}

AwsPlace read_aws(const Node& node, Problems& problems) {
  AwsPlace place;
  read_section(node, "aws", aws_fields(), place, problems);
  if (node.is_mapping()) Checks(node, place, problems).all();
  return place;
}

}  // namespace gridmill::config
