#include "ocpp/configuration.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

constexpr uint8_t kLayout = 1;

bool parse_number(const char* text, int32_t& number) {
  const bool negative = *text == '-';
  if (negative) ++text;
  const size_t digits = strlen(text);
  if (digits < 1 || digits > 9) return false;
  number = 0;
  for (; *text != '\0'; ++text) {
    if (*text < '0' || *text > '9') return false;
    number = number * 10 + (*text - '0');
  }
  if (negative) number = -number;
  return true;
}

bool parse_value(const KeyInfo& key, const char* text, int32_t& number) {
  if (key.type == KeyInfo::Type::Boolean) {
    number = equal_folded(text, "true") ? 1 : 0;
    return number == 1 || equal_folded(text, "false");
  }
  return parse_number(text, number) && number >= key.low && number <= key.high;
}

// Such as 0.RST, with the connector's number.
bool is_rotation(const char* item) {
  int digits = 0;
  while (item[digits] >= '0' && item[digits] <= '9') ++digits;
  if (digits < 1 || digits > 3 || item[digits] != '.') return false;
  constexpr const char* kRotations[] = {"NotApplicable", "Unknown", "RST", "RTS",
                                        "SRT",           "STR",     "TRS", "TSR"};
  for (const char* one : kRotations) {
    if (equal(item + digits + 1, one)) return true;
  }
  return false;
}

bool is_list_of(KeyInfo::Type type, const char* text) {
  int count = 0;
  return each_item(text, [&](const char* item) {
    Measurands ignored = 0;
    const bool good =
        type == KeyInfo::Type::RotationList ? is_rotation(item) : add_measurand(item, ignored);
    return good && ++count <= kMostItems;
  });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = folded(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

}  // namespace

Measurands measurands_of(const char* list) {
  Measurands found = 0;
  each_item(list, [&](const char* item) { return add_measurand(item, found); });
  return found;
}

Configuration::Configuration(ChargePoint& cp, hal::Fram& fram)
    : cp_(cp),
      numbers_record_(fram, kNumbersAt, kNumbersBytes),
      list_records_{{fram, kListsAt, kListBytes},
                    {fram, kListsAt + store::Record::bytes(kListBytes), kListBytes},
                    {fram, kListsAt + 2 * store::Record::bytes(kListBytes), kListBytes},
                    {fram, kListsAt + 3 * store::Record::bytes(kListBytes), kListBytes},
                    {fram, kListsAt + 4 * store::Record::bytes(kListBytes), kListBytes}},
      secret_record_(fram, kSecretAt, kSecretBytes),
      name_record_(fram, kNameAt, kNameBytes) {}

// Whether there is such a key in this charger.
bool Configuration::has(int index) const {
  const FeatureProfiles& profiles = cp_.settings.profiles;
  switch (kKeys[index].needs) {
    case KeyInfo::Needs::LocalList:
      return profiles.local_list;
    case KeyInfo::Needs::Reservation:
      return profiles.reservation;
    case KeyInfo::Needs::SmartCharging:
      return profiles.smart_charging;
    case KeyInfo::Needs::Files:
      return cp_.equipment.updater != nullptr || cp_.equipment.uploader != nullptr;
    case KeyInfo::Needs::Security:
      return cp_.is_secured();
    case KeyInfo::Needs::Certificates:
      return cp_.is_secured() && cp_.equipment.certificates != nullptr;
    case KeyInfo::Needs::Nothing:
      break;
  }
  return true;
}

int Configuration::find(const char* name) const {
  for (int i = 0; i < kKeyCount; ++i) {
    if (equal_folded(kKeys[i].name, name) && has(i)) return i;
  }
  return -1;
}

int Configuration::count() const {
  int count = 0;
  for (int i = 0; i < kKeyCount; ++i) count += has(i) ? 1 : 0;
  return count;
}

void Configuration::power_on() {
  for (int i = 0; i < kNumberKeys; ++i) parse_value(kKeys[i], kKeys[i].value, numbers_[i]);
  for (int i = 0; i < kLists; ++i) lists_[i].set(kKeys[kNumberKeys + i].value);
  for (int i = 0; i < cp_.settings.factory_count; ++i) {
    const FactoryValue& each = cp_.settings.factory[i];
    if (!set_factory(each.name, each.value)) {
      cp_.event(0, Text<120>("factory setting cannot be: ").add(each.name));
    }
  }
  uint8_t numbers[kNumbersBytes];
  if (numbers_record_.load(numbers) && numbers[0] == kLayout) {
    BytesIn in(numbers + 1);
    changed_ = in.u32();
    in.u32();
    for (int i = 0; i < kNumberKeys; ++i) {
      const int32_t value = in.i32();
      if ((changed_ >> i & 1u) != 0) numbers_[i] = value;
    }
  }
  for (int i = 0; i < kLists; ++i) {
    uint8_t data[kListBytes];
    if (!list_records_[i].load(data) || data[0] != kLayout) continue;
    BytesIn in(data + 1);
    in.text(lists_[i]);
  }
  uint8_t secret[kSecretBytes];
  if (secret_record_.load(secret) && secret[0] <= kKeyBytes) {
    secret_size_ = secret[0];
    memcpy(secret_, secret + 1, kKeyBytes);
  }
  uint8_t name[kNameBytes];
  if (cp_.is_secured() && name_record_.load(name) && name[0] == kLayout) {
    BytesIn in(name + 1);
    in.text(name_);
  }
}

bool Configuration::set_factory(const char* name, const char* value) {
  const int index = find(name);
  if (index < 0) return false;
  if (kKeys[index].type == KeyInfo::Type::Name) {
    name_.set(value);
    return name_.fits();
  }
  return index < static_cast<int>(Key::FirstFixed) && take(index, value);
}

void Configuration::set_heartbeat_interval(int32_t interval_s) {
  numbers_[static_cast<int>(Key::HeartbeatInterval)] = interval_s;
}

// Takes a value in memory alone. False: it is none of its type and range.
bool Configuration::take(int index, const char* value) {
  if (index < kNumberKeys) {
    int32_t number = 0;
    if (!parse_value(kKeys[index], value, number)) return false;
    numbers_[index] = number;
    return true;
  }
  Text<kListValue> list(value);
  if (!list.fits() || !is_list_of(kKeys[index].type, value)) return false;
  lists_[index - kNumberKeys] = list;
  return true;
}

bool Configuration::take_secret(const char* hex) {
  const int size = static_cast<int>(strlen(hex)) / 2;
  if (strlen(hex) % 2 != 0 || size < 16 || size > kKeyBytes) return false;
  uint8_t bytes[kKeyBytes] = {};
  const char* at = hex;
  for (int i = 0; i < size; ++i) {
    const int high = hex_digit(*at++);
    const int low = hex_digit(*at++);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<uint8_t>(high * 16 + low);
  }
  uint8_t data[kSecretBytes];
  data[0] = static_cast<uint8_t>(size);
  memcpy(data + 1, bytes, kKeyBytes);
  if (!secret_record_.save(data)) return false;
  memcpy(secret_, bytes, kKeyBytes);
  secret_size_ = size;
  return true;
}

bool Configuration::take_name(const char* text) {
  const Text<kName> name(text);
  bool printable = !name.empty() && name.fits();
  for (const char* at = text; *at != '\0'; ++at) {
    printable = printable && static_cast<unsigned char>(*at) >= ' ';
  }
  uint8_t data[kNameBytes];
  BytesOut(data).u8(kLayout).text(name);
  if (!printable || !name_record_.save(data)) return false;
  name_ = name;
  return true;
}

void Configuration::put_back(Key key, int32_t value) {
  const int index = static_cast<int>(key);
  numbers_[index] = value;
  if (!save(index)) cp_.event(0, Text<120>("the memory fails: ").add(kKeys[index].name));
}

bool Configuration::save(int index) {
  if (index >= kNumberKeys) {
    uint8_t data[kListBytes];
    BytesOut out(data);
    out.u8(kLayout).text(lists_[index - kNumberKeys]);
    return list_records_[index - kNumberKeys].save(data);
  }
  uint8_t data[kNumbersBytes] = {};
  BytesOut out(data);
  out.u8(kLayout).u32(changed_ | 1u << index).u32(0);
  for (int32_t number : numbers_) out.i32(number);
  if (!numbers_record_.save(data)) return false;
  changed_ |= 1u << index;
  return true;
}

Text<kListValue> Configuration::value_of(int index) const {
  Text<kListValue> text;
  const KeyInfo& key = kKeys[index];
  if (index < kNumberKeys) {
    if (key.type == KeyInfo::Type::Boolean) return text.add(numbers_[index] != 0 ? "true" : "false");
    return text.add(int64_t{numbers_[index]});
  }
  if (index < static_cast<int>(Key::FirstFixed)) return lists_[index - kNumberKeys];
  if (key.type == KeyInfo::Type::Name) return text.add(name_.get());
  if (key.value != nullptr) return text.add(key.value);
  if (key.low != 0) return text.add(int64_t{key.low});
  return computed(key.name);
}

// What follows from the charger.
Text<kListValue> Configuration::computed(const char* name) const {
  Text<kListValue> text;
  const hal::Equipment& equipment = cp_.equipment;
  if (equal(name, "NumberOfConnectors")) return text.add(int64_t{cp_.settings.connectors});
  if (equal(name, "GetConfigurationMaxKeys")) return text.add(int64_t{count()});
  if (equal(name, "CertificateStoreMaxLength")) {
    return text.add(int64_t{equipment.certificates->most_roots()});
  }
  if (equal(name, "SupportedFileTransferProtocols")) {
    return text.add(equipment.updater != nullptr ? equipment.updater->schemes()
                                                 : equipment.uploader->schemes());
  }
  const FeatureProfiles& profiles = cp_.settings.profiles;
  text.add("Core");
  if (profiles.local_list) text.add(",LocalAuthListManagement");
  if (profiles.reservation) text.add(",Reservation");
  if (profiles.remote_trigger) text.add(",RemoteTrigger");
  if (profiles.smart_charging) text.add(",SmartCharging");
  if (equipment.updater != nullptr && equipment.uploader != nullptr) text.add(",FirmwareManagement");
  return text;
}

bool Configuration::line(int index, Text<260>& line) const {
  if (index >= kKeyCount) return false;
  if (!has(index) || kKeys[index].type == KeyInfo::Type::Secret) return true;
  line.add(kKeys[index].name).put('=').add(value_of(index).get()).put('\n');
  return true;
}

void Configuration::get(const MessageId& id, const Json* payload) {
  const Json* asked = field(payload, "key");
  const bool all = size_of(asked) == 0;
  JsonWriter& out = cp_.calls.result(id);
  const auto tell = [&](int index) {
    if (!has(index) || kKeys[index].type == KeyInfo::Type::Secret) return;
    out.open_object();
    out.text("key", kKeys[index].name);
    out.boolean("readonly", kKeys[index].type == KeyInfo::Type::Fixed);
    out.text("value", value_of(index).get());
    out.close_object();
  };
  out.open_list("configurationKey");
  for (int i = 0; all && i < kKeyCount; ++i) tell(i);
  bool unknown = false;
  for (const Json* each = first_of(asked); each != nullptr; each = each->next()) {
    const int index = find(each->text());
    if (index >= 0) tell(index);
    unknown = unknown || index < 0;
  }
  out.close_list();
  if (unknown) {
    out.open_list("unknownKey");
    for (const Json* each = first_of(asked); each != nullptr; each = each->next()) {
      if (find(each->text()) < 0) out.text(nullptr, each->text());
    }
    out.close_list();
  }
  cp_.calls.finish();
}

void Configuration::change(const MessageId& id, const Json* payload) {
  const int index = find(text_of(payload, "key"));
  const char* value = text_of(payload, "value");
  if (index < 0) {
    cp_.calls.status(id, "NotSupported");
    return;
  }
  const KeyInfo& key = kKeys[index];
  bool taken = false;
  if (key.type == KeyInfo::Type::Secret) {
    taken = take_secret(value);
  } else if (key.type == KeyInfo::Type::Name) {
    taken = take_name(value);
  } else if (key.type != KeyInfo::Type::Fixed) {
    const int32_t number_before = index < kNumberKeys ? numbers_[index] : 0;
    const Text<kListValue> list_before =
        index < kNumberKeys ? Text<kListValue>() : lists_[index - kNumberKeys];
    taken = take(index, value);
    if (taken && index == static_cast<int>(Key::SecurityProfile)) {
      const int32_t wanted = numbers_[index];
      numbers_[index] = number_before;
      taken = cp_.security_profile.may_be(wanted);
      if (taken) numbers_[index] = wanted;
    }
    if (taken && !save(index)) {
      taken = false;
      cp_.event(0, Text<120>("the memory fails: ").add(key.name));
      if (index < kNumberKeys) {
        numbers_[index] = number_before;
      } else {
        lists_[index - kNumberKeys] = list_before;
      }
    }
  }
  cp_.calls.status(id, taken ? "Accepted" : "Rejected");
  if (!taken) return;
  if (key.type == KeyInfo::Type::Secret) {
    cp_.security_profile.key_changed();
  } else if (key.type != KeyInfo::Type::Name) {
    cp_.configured(static_cast<Key>(index));
  }
}

}  // namespace evse::ocpp
