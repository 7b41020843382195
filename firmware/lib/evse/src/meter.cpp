#include "evse/meter.h"

#include "evse/limits.h"

namespace evse {

namespace {

constexpr uint32_t kMwsPerMwh = 3600;

// Beyond this a converter talks nonsense: 300 TWh, and the sum of three lines fits its type twice.
constexpr int64_t kMostTotalMws = int64_t{1} << 60;

}  // namespace

void Meter::reset(const Memory& memory) {
  energy_mwh_ = memory.energy_mwh;
  counted_mws_ = memory.converter_mws;
  begun_ = false;
}

void Meter::count(int64_t passed_mws) {
  if (passed_mws < kMwsPerMwh) return;
  // A cycle's worth fits 32 bits, which chips divide by themselves.
  const int64_t whole_mwh = passed_mws <= INT32_MAX ? static_cast<uint32_t>(passed_mws) / kMwsPerMwh
                                                    : passed_mws / kMwsPerMwh;
  energy_mwh_ += whole_mwh;
  counted_mws_ += whole_mwh * kMwsPerMwh;
}

void Meter::tick(const Inputs& in) {
  int64_t total_mws = 0;
  for (int i = 0; i < lines_; ++i) {
    const int64_t line_mws = in.total_vi_mws[i];
    if (line_mws > kMostTotalMws || line_mws < -kMostTotalMws) return;
    total_mws += line_mws;
  }
  if (!begun_) {
    begun_ = true;
    // A memory that knows no total is new: what was counted before it is somebody else's.
    if (counted_mws_ < 0) counted_mws_ = total_mws;
    // A total below the one that was saved began at 0 with the power, and all of it is new.
    if (total_mws < counted_mws_) counted_mws_ = 0;
  } else if (total_mws == seen_mws_) {
    return;
  } else if (total_mws < counted_mws_ - kConverterRestartMws) {
    counted_mws_ = 0;
  }
  seen_mws_ = total_mws;
  // Power that goes backwards is waited out: the register never goes back.
  count(total_mws - counted_mws_);
}

}  // namespace evse
