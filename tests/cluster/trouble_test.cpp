#include "cluster/trouble.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/terraform.hpp"

namespace gridmill::cluster {
namespace {

using testing::HasSubstr;

std::string what_of(const std::string& text) {
  const auto trouble = trouble_in(text);
  return trouble ? trouble->what : "nothing";
}

TEST(trouble, names_the_permission_that_is_missing) {
  EXPECT_EQ(what_of("\u2577\n\u2502 Error: creating EC2 VPC: operation error EC2: CreateVpc, https response error "
                    "StatusCode: 403,\n"
                    "\u2502 RequestID: 1-2, api error UnauthorizedOperation: You are not authorized to perform\n"
                    "\u2502 this operation. User: arn:aws:iam::123456789012:user/me is not authorized to\n"
                    "\u2502 perform: ec2:CreateVpc on resource: arn:aws:ec2:eu-central-1:123456789012:vpc/*\n\u2575\n"),
            "AWS does not allow ec2:CreateVpc to whoever runs this");
  EXPECT_EQ(
      what_of("Error: creating IAM Role (x): operation error IAM: CreateRole, https response error StatusCode: 403, "
              "api error AccessDenied: User: u is not authorized to perform: iam:CreateRole on resource: r"),
      "AWS does not allow iam:CreateRole to whoever runs this");
  EXPECT_EQ(
      what_of("Error: x: operation error Auto Scaling: CreateAutoScalingGroup, https response error StatusCode: 403, "
              "RequestID: 1, api error AccessDenied: no"),
      "AWS does not allow autoscaling:CreateAutoScalingGroup to whoever runs this");
}

TEST(trouble, tells_quota_and_capacity_apart) {
  EXPECT_THAT(
      what_of("Error: creating EC2 Instance: api error VcpuLimitExceeded: You have requested more vCPU capacity"),
      HasSubstr("quota of this account for cores on demand"));
  EXPECT_THAT(what_of("Error: api error MaxSpotInstanceCountExceeded: Max spot instance count exceeded"),
              HasSubstr("quota of this account for spot"));
  EXPECT_THAT(what_of("Error: waiting for Auto Scaling Group: InsufficientInstanceCapacity: We currently do not have"),
              HasSubstr("no machine of that type free"));
}

TEST(trouble, tells_who_asks_and_when) {
  EXPECT_THAT(what_of("Error: No valid credential sources found\n\nPlease see https://..."),
              HasSubstr("no credentials"));
  EXPECT_THAT(what_of("Error: validating provider credentials: ExpiredToken: The security token included in the "
                      "request is expired"),
              HasSubstr("have expired"));
  EXPECT_THAT(what_of("Error: api error InvalidClientTokenId: The security token included in the request is invalid."),
              HasSubstr("does not know these credentials"));
  EXPECT_THAT(what_of("Error: SignatureDoesNotMatch: Signature expired: 2026 is now earlier than"),
              HasSubstr("does not know"));
}

TEST(trouble, tells_of_the_bucket) {
  EXPECT_THAT(what_of("Error: creating S3 Bucket (a): BucketAlreadyExists: The requested bucket name is not available"),
              HasSubstr("another account has a bucket of that name"));
  EXPECT_THAT(
      what_of("Error: deleting S3 Bucket (a): api error BucketNotEmpty: The bucket you tried to delete is not empty"),
      HasSubstr("holds files"));
}

TEST(trouble, repeats_what_terraform_refuses_of_a_value) {
  EXPECT_EQ(
      what_of("\nError: Invalid value for variable\n\n  on vars.tf line 35:\n  35: variable \"admin_cidr\" {\n    "
              "\u251c\u2500\u2500\u2500\u2500\n    \u2502 var.admin_cidr is \"x\"\n\nadmin_cidr: an IPv4 range is "
              "expected, such as "
              "203.0.113.7/32.\n\nThis was checked by the validation rule at vars.tf:39,3-13.\n"),
      "admin_cidr: an IPv4 range is expected, such as 203.0.113.7/32.");
}

TEST(trouble, repeats_the_first_error_that_it_does_not_know) {
  EXPECT_EQ(what_of("aws_vpc.own: Creating...\n\nError: something else\n\nwent wrong\n\nError: and more\n"),
            "terraform says: something else went wrong ");
  EXPECT_EQ(what_of("Plan: 3 to add"), "nothing");
  EXPECT_THAT(known_trouble_in("gridmill@1.2.3.4: Permission denied (publickey).")->what, HasSubstr("not let in"));
}

TEST(trouble, takes_no_name_in_a_plan_for_an_error) {
  EXPECT_EQ(what_of("  + policy = \"AccessDenied\"\nError: something\n"), "terraform says: something ");
}

TEST(terraform_words, counts_what_is_planned) {
  EXPECT_EQ(planned_in("...\nPlan: 31 to add, 0 to change, 0 to destroy.\n\nChanges to Outputs:\n"),
            "31 to add, 0 to change, 0 to destroy");
  EXPECT_EQ(planned_in("No changes. Your infrastructure matches the configuration.\n"), "");
}

TEST(terraform_words, sees_that_the_head_would_be_made_anew) {
  const std::string plan =
      "Terraform will perform the following actions:\n\n  # aws_instance.head must be replaced\n-/+ resource "
      "\"aws_instance\" \"head\" {\n";
  EXPECT_TRUE(is_replaced_in(plan, "aws_instance.head"));
  EXPECT_FALSE(is_replaced_in(plan, "aws_instance.he"));
  EXPECT_FALSE(is_replaced_in("  # aws_instance.head is tainted, so must be replaced\n", "aws_instance.head"));
  EXPECT_FALSE(is_replaced_in("  # aws_instance.head will be updated in-place\n", "aws_instance.head"));
}

TEST(terraform_words, tells_steps_that_are_done) {
  EXPECT_EQ(step_in("aws_instance.head: Creation complete after 12s [id=i-1]"), "made aws_instance.head (12s)");
  EXPECT_EQ(step_in("aws_vpc.own[0]: Destruction complete after 1m2s"), "removed aws_vpc.own[0] (1m2s)");
  EXPECT_EQ(step_in("aws_vpc.own[0]: Still creating... [10s elapsed]"), "");
}

}  // namespace
}  // namespace gridmill::cluster
