// The configuration keys (OCPP 1.6 chapter 9), their values, and the calls that read and set them.
#pragma once

#include <stdint.h>

#include "hal/fram.h"
#include "ocpp/frames.h"
#include "ocpp/layout.h"
#include "ocpp/text.h"

namespace evse::ocpp {

struct ChargePoint;

// In the order of the table in configuration_keys.cpp. Numbers, then lists, then the rest; the
// order is that of the values in memory too: new keys go to the end of their group.
enum class Key : uint8_t {
  AllowOfflineTxForUnknownId,
  AuthorizationCacheEnabled,
  AuthorizeRemoteTxRequests,
  ClockAlignedDataInterval,
  ConnectionTimeOut,
  HeartbeatInterval,
  LocalAuthorizeOffline,
  LocalPreAuthorize,
  MaxEnergyOnInvalidId,
  MeterValueSampleInterval,
  MinimumStatusDuration,
  ResetRetries,
  StopTransactionOnEVSideDisconnect,
  StopTransactionOnInvalidId,
  TransactionMessageAttempts,
  TransactionMessageRetryInterval,
  UnlockConnectorOnEVSideDisconnect,
  WebSocketPingInterval,
  LocalAuthListEnabled,
  SecurityProfile,
  // Lists:
  ConnectorPhaseRotation,
  MeterValuesAlignedData,
  MeterValuesSampledData,
  StopTxnAlignedData,
  StopTxnSampledData,
  // Not to be changed, and what is no number:
  FirstFixed,
};

constexpr int kNumberKeys = static_cast<int>(Key::ConnectorPhaseRotation);
static_assert(kNumberKeys <= 32, "there is room for 32 numbers in the record");
static_assert(static_cast<int>(Key::FirstFixed) - kNumberKeys == kLists, "one record each");

struct KeyInfo {
  enum class Type : uint8_t {
    Boolean,
    Integer,
    RotationList,
    MeasurandList,
    Fixed,
    Name,    // a short text
    Secret,
  };
  // What a key is there for: without it there is no such key.
  enum class Needs : uint8_t {
    Nothing,
    LocalList,
    Reservation,
    SmartCharging,
    Files,
    Security,
    Certificates,
  };
  const char* name;
  Type type;
  Needs needs;
  int32_t low;   // of an integer
  int32_t high;
  const char* value;  // factory setting; of a fixed one that is computed: null
};

extern const KeyInfo kKeys[];
extern const int kKeyCount;

constexpr int kMostItems = 20;  // of a list

class Configuration {
 public:
  Configuration(ChargePoint& cp, hal::Fram& fram);

  // Factory settings, then what was changed over OCPP.
  void power_on();

  int32_t number(Key key) const { return numbers_[static_cast<int>(key)]; }
  bool on(Key key) const { return number(key) != 0; }
  const char* list(Key key) const { return lists_[static_cast<int>(key) - kNumberKeys].get(); }

  // What the boot's answer says; it is not kept.
  void set_heartbeat_interval(int32_t interval_s);

  // The AuthorizationKey that was set over OCPP; 0 bytes: none was.
  const uint8_t* secret() const { return secret_; }
  int secret_size() const { return secret_size_; }

  // CpoName: the operator, in requests for a certificate.
  const char* name() const { return name_.get(); }

  // A change that has turned out not to work.
  void put_back(Key key, int32_t value);

  // One key with its value, without secrets, for a log; nothing where there is no such key here.
  // False: there are no further ones.
  bool line(int index, Text<260>& line) const;

  void get(const MessageId& id, const Json* payload);
  void change(const MessageId& id, const Json* payload);

 private:
  bool set_factory(const char* name, const char* value);
  bool take(int index, const char* value);
  bool has(int index) const;
  int find(const char* name) const;
  int count() const;
  bool take_secret(const char* hex);
  bool take_name(const char* text);
  bool save(int index);
  Text<kListValue> value_of(int index) const;
  Text<kListValue> computed(const char* name) const;

  ChargePoint& cp_;
  int32_t numbers_[kNumberKeys] = {};
  uint32_t changed_ = 0;  // numbers that were changed over OCPP, one bit each
  Text<kListValue> lists_[kLists];
  uint8_t secret_[kKeyBytes] = {};
  int secret_size_ = 0;
  store::Record numbers_record_;
  store::Record list_records_[kLists];
  Text<kName> name_;
  store::Record secret_record_;
  store::Record name_record_;
};

// Calls `item(text)` with each item of a comma separated list, without the spaces around it;
// false where one of them is refused or longer than any could be.
template <typename Item>
bool each_item(const char* list, Item item) {
  const char* at = list;
  while (*at == ' ') ++at;
  if (*at == '\0') return true;  // an empty list
  for (;;) {
    Text<60> one;
    while (*at == ' ') ++at;
    const char* end = at;
    while (*end != '\0' && *end != ',') ++end;
    const char* last = end;
    while (last > at && last[-1] == ' ') --last;
    one.add(at, static_cast<int>(last - at));
    if (!one.fits() || !item(one.get())) return false;
    if (*end == '\0') return true;
    at = end + 1;
  }
}

}  // namespace evse::ocpp
