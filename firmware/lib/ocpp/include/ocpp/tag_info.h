// What is known of a tag (IdTagInfo, OCPP 1.6 7.27), and its place in memory.
#pragma once

#include "ocpp/bytes.h"
#include "ocpp/json.h"
#include "ocpp/outgoing.h"

namespace evse::ocpp {

// AuthorizationStatus (OCPP 1.6 7.2).
enum class TagStatus : uint8_t { Accepted, Blocked, Expired, Invalid, ConcurrentTx };

struct TagInfo {
  Tag tag;
  Tag parent_tag;
  TagStatus status = TagStatus::Invalid;
  int64_t expiry_utc_us = 0;  // from then on it is expired; 0: never

  TagStatus at(int64_t utc_us) const {
    return expiry_utc_us != 0 && expiry_utc_us <= utc_us ? TagStatus::Expired : status;
  }
};

TagStatus tag_status(const char* name);
// Reads an IdTagInfo that its schema has passed. False: its expiryDate is no time.
bool read_tag_info(const Json* info, TagInfo& tag);
void encode(const TagInfo& tag, BytesOut& out);
void decode(BytesIn& in, TagInfo& tag);

}  // namespace evse::ocpp
