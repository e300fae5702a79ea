#pragma once

#include "config/features_config.hpp"
#include "config/field.hpp"

namespace gridmill::config {

/// The declarations of the section `features` and of what stands below it. Fields without `set` are read by
/// read_features.cpp.
Fields<FeaturesOptions> features_fields();                     // "features"
Fields<CutoffOptions> cutoff_fields();                         // "features.cutoff_time" as a mapping
Fields<EncodeOptions> encode_fields();                         // "features.encode"
Fields<SelectOptions> select_fields();                         // "features.select"
Fields<SeedFeature> seed_feature_fields();                     // an entry of "features.seed_features"
Fields<features::PrimitiveOptions> primitive_option_fields();  // an entry of "features.primitive_options"

}  // namespace gridmill::config
