// The local authorization list, as the central system sends it (OCPP 1.6 3.5.2, 5.10, 5.15).
#pragma once

#include "hal/fram.h"
#include "ocpp/frames.h"
#include "ocpp/layout.h"
#include "ocpp/tag_info.h"

namespace evse::ocpp {

struct ChargePoint;

// Two banks: an update is written beside the list in force, and takes its place by one record.
class LocalList {
 public:
  LocalList(ChargePoint& cp, hal::Fram& fram)
      : cp_(cp), fram_(fram), head_(fram, kListHeadAt, kListHeadBytes) {}

  void power_on();
  bool find(const char* tag, TagInfo& found);
  void send(const MessageId& id, const Json* payload);
  void get_version(const MessageId& id);

 private:
  const char* update(int32_t version, bool full, const Json* entries, const char*& why);
  bool check(bool full, const Json* entries, const char*& why);
  bool read(int bank, int index, TagInfo& tag);
  bool write(int bank, int index, const TagInfo& tag);
  bool enabled() const;

  ChargePoint& cp_;
  hal::Fram& fram_;
  store::Record head_;
  int32_t version_ = 0;
  int count_ = 0;
  int bank_ = 0;
};

}  // namespace evse::ocpp
