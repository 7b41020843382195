#include "battery_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

namespace evse::host {

BatteryClock::~BatteryClock() {
  if (file_ >= 0) close(file_);
}

bool BatteryClock::open(const char* directory) {
  if (!fitted_) return true;
  char path[4096];
  const int length = snprintf(path, sizeof path, "%s/clock.bin", directory);
  if (length < 0 || length >= static_cast<int>(sizeof path)) {
    errno = ENAMETOOLONG;
    return false;
  }
  file_ = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) return false;
  int64_t kept_us = 0;
  if (pread(file_, &kept_us, sizeof kept_us, 0) == static_cast<ssize_t>(sizeof kept_us)) {
    utc_at_zero_us_ = kept_us;
  }
  return true;
}

int64_t BatteryClock::battery_utc_us() {
  return fitted_ ? utc_at_zero_us_ + static_cast<int64_t>(now_us_) : -1;
}

void BatteryClock::set_battery_utc_us(int64_t utc_us) {
  if (!fitted_) return;
  utc_at_zero_us_ = utc_us - static_cast<int64_t>(now_us_);
  // A clock that cannot be written keeps going, as one whose chip has failed.
  if (pwrite(file_, &utc_at_zero_us_, sizeof utc_at_zero_us_, 0) < 0) {
    perror("evseloop ocpp: clock.bin");
  }
}

}  // namespace evse::host
