// The authorization cache: what the central system has said of tags (OCPP 1.6 3.5.1).
#pragma once

#include "hal/fram.h"
#include "ocpp/layout.h"
#include "ocpp/tag_info.h"

namespace evse::ocpp {

// A slot that a power cut has torn is a tag forgotten: it is asked about again.
class TagCache {
 public:
  explicit TagCache(hal::Fram& fram) : fram_(fram) {}

  void power_on();
  bool find(const char* tag, TagInfo& found);
  // In the place of the same tag, of none, or of what was learnt longest ago.
  void learn(const TagInfo& tag);
  void forget(const char* tag);
  bool clear();

 private:
  bool read(int slot, TagInfo& tag, uint32_t& age);
  bool erase(int slot);

  hal::Fram& fram_;
  uint32_t next_age_ = 1;
};

}  // namespace evse::ocpp
