#include "fram_faults.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

namespace evse::host {

namespace {

constexpr double kHourUs = 3600e6;

bool whole(const cJSON* number, double most) {
  return cJSON_IsNumber(number) && number->valuedouble >= 0 && number->valuedouble <= most &&
         number->valuedouble == static_cast<double>(static_cast<uint64_t>(number->valuedouble));
}

}  // namespace

bool FramFaults::fail(const char* field, const char* what) {
  snprintf(wrong_, sizeof wrong_, "faults.json: %.60s%.100s", field, what);
  return false;
}

bool FramFaults::take_orders(const char* directory) {
  char path[4096];
  const int length = snprintf(path, sizeof path, "%s/faults.json", directory);
  if (length < 0 || length >= static_cast<int>(sizeof path)) return fail("", "path too long");
  FILE* file = fopen(path, "r");
  if (file == nullptr) return errno == ENOENT ? true : fail("", strerror(errno));
  char text[kMostBytes + 1];
  const size_t size = fread(text, 1, sizeof text, file);
  const bool failed = ferror(file) != 0;
  fclose(file);
  if (failed) return fail("", "cannot be read");
  if (size > kMostBytes) return fail("", "is too long");
  text[size] = '\0';
  cJSON* root = cJSON_Parse(text);
  bool taken = cJSON_IsObject(root) != 0;
  if (!taken) fail("", "is no JSON object");
  for (const cJSON* each = taken ? root->child : nullptr; taken && each != nullptr;
       each = each->next) {
    taken = take(each);
  }
  cJSON_Delete(root);
  return taken;
}

bool FramFaults::take(const cJSON* field) {
  const char* name = field->string;
  const struct {
    const char* name;
    uint32_t* at;
    double most;
  } numbers[] = {
      {"cut_at_write", &cut_at_write_, UINT32_MAX},
      {"cut_after_bytes", &cut_after_bytes_, UINT32_MAX},
      {"writes_fail_from", &writes_fail_.from, UINT32_MAX},
      {"writes_fail", &writes_fail_.count, UINT32_MAX},
      {"reads_fail_from", &reads_fail_.from, UINT32_MAX},
      {"reads_fail", &reads_fail_.count, UINT32_MAX},
      {"write_us", &write_us_, kHourUs},
  };
  for (const auto& number : numbers) {
    if (strcmp(name, number.name) != 0) continue;
    if (!whole(field, number.most)) return fail(name, " is no whole number in its range");
    *number.at = static_cast<uint32_t>(field->valuedouble);
    return true;
  }
  if (strcmp(name, "flipped_bits") == 0) return take_flipped(field);
  return fail(name, " is none of the faults");
}

bool FramFaults::take_flipped(const cJSON* list) {
  if (!cJSON_IsArray(list)) return fail("flipped_bits", " is no list");
  for (const cJSON* each = list->child; each != nullptr; each = each->next) {
    if (flipped_count_ == kMostFlipped) return fail("flipped_bits", " has more than 64");
    if (!whole(each, 8.0 * chip_.size() - 1)) return fail("flipped_bits", " names no bit of it");
    flipped_[flipped_count_++] = static_cast<uint32_t>(each->valuedouble);
  }
  return true;
}

uint64_t FramFaults::taken_us() {
  const uint64_t taken_us = taken_us_;
  taken_us_ = 0;
  return taken_us;
}

bool FramFaults::read(int address, uint8_t* data, int size) {
  if (reads_fail_.has(++reads_) || !chip_.read(address, data, size)) return false;
  for (int i = 0; i < flipped_count_; ++i) {
    const int at = static_cast<int>(flipped_[i] / 8) - address;
    if (at >= 0 && at < size) data[at] = static_cast<uint8_t>(data[at] ^ (1u << flipped_[i] % 8));
  }
  return true;
}

bool FramFaults::write(int address, const uint8_t* data, int size) {
  ++writes_;
  taken_us_ += write_us_;
  if (writes_fail_.has(writes_)) return false;
  if (writes_ == cut_at_write_ && cut_after_bytes_ < static_cast<uint32_t>(size)) {
    chip_.write(address, data, static_cast<int>(cut_after_bytes_));
    raise(SIGKILL);
  }
  const bool written = chip_.write(address, data, size);
  if (writes_ == cut_at_write_) raise(SIGKILL);
  return written;
}

}  // namespace evse::host
