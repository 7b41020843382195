#include "held_stream.h"

namespace evse::host {

bool HeldStream::release() {
  holding_ = false;
  const bool written = held_.empty() || stream_.write(held_.data(), static_cast<int>(held_.size()));
  held_.clear();
  return written;
}

bool HeldStream::write(const uint8_t* data, int size) {
  if (!holding_) return stream_.write(data, size);
  held_.insert(held_.end(), data, data + size);
  return true;
}

}  // namespace evse::host
