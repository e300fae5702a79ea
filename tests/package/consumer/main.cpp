#include <iostream>
#include <string>
#include <vector>

#include "core/hint.hpp"

int main() {
  const std::vector<std::string> known = {"kernel", "gamma"};
  const std::string hint = gridmill::core::hint_for("kernal", known);
  std::cout << hint << '\n';
  return hint.find("did you mean 'kernel'?") == 0 ? 0 : 1;
}
