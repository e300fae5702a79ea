#include "prepare/brent.hpp"

#include <cmath>
#include <utility>

namespace gridmill::prepare {

namespace {

/// Three places of which the middle one is lowest.
struct Bracket {
  double a;
  double b;
  double c;
  double fb;
};

constexpr double kGolden = 1.618034;

/// A new place beyond c, or between b and c where a parabola through the three is lowest.
struct Guess {
  double at;
  double limit;  // the farthest that is tried
};

Guess parabola(const Bracket& at, double fa, double fc) {
  constexpr double kTiny = 1e-21;
  constexpr double kGrowth = 110.0;
  const double left = (at.b - at.a) * (at.fb - fc);
  const double right = (at.b - at.c) * (at.fb - fa);
  const double value = right - left;
  const double denominator = std::abs(value) < kTiny ? 2.0 * kTiny : 2.0 * value;
  return {.at = at.b - ((at.b - at.c) * right - (at.b - at.a) * left) / denominator,
          .limit = at.b + kGrowth * (at.c - at.b)};
}

Bracket bracket(const std::function<double(double)>& f, double a, double b) {
  constexpr int kMost = 1000;
  double fa = f(a);
  double fb = f(b);
  if (fa < fb) {
    std::swap(a, b);
    std::swap(fa, fb);
  }
  double c = b + kGolden * (b - a);
  double fc = f(c);
  for (int step = 0; fc < fb && step <= kMost; ++step) {
    auto [w, limit] = parabola({a, b, c, fb}, fa, fc);
    double fw = 0;
    if ((w - c) * (b - w) > 0.0) {
      fw = f(w);
      if (fw < fc) return {b, w, c, fw};
      if (fw > fb) return {a, b, w, fb};
      w = c + kGolden * (c - b);
      fw = f(w);
    } else if ((w - limit) * (limit - c) >= 0.0) {
      w = limit;
      fw = f(w);
    } else if ((w - limit) * (c - w) > 0.0) {
      fw = f(w);
      if (fw < fc) {
        b = c;
        c = w;
        w = c + kGolden * (c - b);
        fb = fc;
        fc = fw;
        fw = f(w);
      }
    } else {
      w = c + kGolden * (c - b);
      fw = f(w);
    }
    a = std::exchange(b, std::exchange(c, w));
    fa = std::exchange(fb, std::exchange(fc, fw));
  }
  return {a, b, c, fb};
}

/// The search within a bracket.
class Brent {
 public:
  explicit Brent(const Bracket& start)
      : x_(start.b),
        w_(start.b),
        v_(start.b),
        fx_(start.fb),
        fw_(start.fb),
        fv_(start.fb),
        low_(std::fmin(start.a, start.c)),
        high_(std::fmax(start.a, start.c)) {}

  [[nodiscard]] double x() const { return x_; }
  [[nodiscard]] bool is_done() const { return std::abs(x_ - middle()) < 2.0 * tolerance() - 0.5 * (high_ - low_); }

  /// Returns the next place to look at.
  double next() {
    if (std::abs(before_last_) <= tolerance() || !take_parabola()) take_golden_section();
    if (std::abs(step_) >= tolerance()) return x_ + step_;
    return step_ >= 0 ? x_ + tolerance() : x_ - tolerance();
  }

  void found(double u, double fu) {
    if (fu > fx_) {
      (u < x_ ? low_ : high_) = u;
      if (fu <= fw_ || w_ == x_) {
        v_ = std::exchange(w_, u);
        fv_ = std::exchange(fw_, fu);
      } else if (fu <= fv_ || v_ == x_ || v_ == w_) {
        v_ = u;
        fv_ = fu;
      }
      return;
    }
    (u >= x_ ? low_ : high_) = x_;
    v_ = std::exchange(w_, std::exchange(x_, u));
    fv_ = std::exchange(fw_, std::exchange(fx_, fu));
  }

 private:
  [[nodiscard]] double tolerance() const { return 1.48e-8 * std::abs(x_) + 1.0e-11; }
  [[nodiscard]] double middle() const { return 0.5 * (low_ + high_); }

  void take_golden_section() {
    before_last_ = x_ >= middle() ? low_ - x_ : high_ - x_;
    step_ = 0.3819660 * before_last_;
  }

  /// Returns whether the lowest place of a parabola is a useful one.
  bool take_parabola() {
    const double left = (x_ - w_) * (fx_ - fv_);
    double right = (x_ - v_) * (fx_ - fw_);
    double p = (x_ - v_) * right - (x_ - w_) * left;
    right = 2.0 * (right - left);
    if (right > 0.0) p = -p;
    right = std::abs(right);
    const double earlier = std::exchange(before_last_, step_);
    const bool fits =
        p > right * (low_ - x_) && p < right * (high_ - x_) && std::abs(p) < std::abs(0.5 * right * earlier);
    if (!fits) return false;
    step_ = p * 1.0 / right;
    const double u = x_ + step_;
    if (u - low_ < 2.0 * tolerance() || high_ - u < 2.0 * tolerance()) {
      step_ = middle() - x_ >= 0 ? tolerance() : -tolerance();
    }
    return true;
  }

  double x_;  // the lowest place
  double w_;  // the second lowest
  double v_;  // w before
  double fx_;
  double fw_;
  double fv_;
  double low_;
  double high_;
  double before_last_ = 0;  // step
  double step_ = 0;
};

}  // namespace

double brent(const std::function<double(double)>& f, double a, double b) {
  constexpr int kMost = 500;
  Brent search(bracket(f, a, b));
  for (int i = 0; i < kMost && !search.is_done(); ++i) {
    const double u = search.next();
    search.found(u, f(u));
  }
  return search.x();
}

}  // namespace gridmill::prepare
