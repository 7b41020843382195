#include "ocpp/schema.h"

#include "ocpp/frames.h"

namespace evse::ocpp {

namespace {

// Of several mistakes the one that says most is told: a missing or unknown field before others.
enum Gravity : uint8_t { kMissing, kUnknown, kType, kLength, kValue, kCount, kNone };

struct Search {
  Gravity worst = kNone;
  Violation found;

  void note(Gravity gravity, const char* code, const char* where, const char* name,
            const char* what) {
    if (gravity >= worst) return;
    worst = gravity;
    found.code = code;
    found.what.clear();
    if (where[0] != '\0') found.what.add(where).put('.');
    found.what.add(name).add(": ").add(what);
  }
};

bool has_type(FieldKind kind, const Json* value) {
  switch (kind) {
    case FieldKind::Text:
      return is_text(value);
    case FieldKind::Integer:
      return is_integer(value);
    case FieldKind::Number:
      return is_number(value);
    case FieldKind::Boolean:
      return is_boolean(value);
    case FieldKind::Object:
      return is_object(value);
    case FieldKind::ObjectList:
    case FieldKind::TextList:
      return is_list(value);
  }
  return false;
}

const char* wanted(FieldKind kind) {
  constexpr const char* kNames[] = {"a text is wanted",      "a whole number of 32 bits is wanted",
                                    "a number is wanted",    "true or false is wanted",
                                    "an object is wanted",   "a list of objects is wanted",
                                    "a list of texts is wanted"};
  return kNames[static_cast<int>(kind)];
}

void look(const Schema& schema, const Json* object, const char* where, Search& search);

void look_at(const Field& field, const Json* value, const char* where, Search& search) {
  if (!has_type(field.kind, value)) {
    search.note(kType, kTypeConstraintViolation, where, field.name, wanted(field.kind));
    return;
  }
  if (field.kind == FieldKind::Text) {
    if (field.most > 0 && static_cast<int>(strlen(value->text())) > field.most) {
      // The length is part of the type (CiString20Type and so on, OCPP 1.6 chapter 7).
      search.note(kLength, kTypeConstraintViolation, where, field.name, "too long");
    }
    if (field.of.values == nullptr) return;
    for (const char* const* one = field.of.values; *one != nullptr; ++one) {
      if (equal(*one, value->text())) return;
    }
    search.note(kValue, kPropertyConstraintViolation, where, field.name, "there is no such value");
  } else if (field.kind == FieldKind::Object) {
    look(*field.of.schema, value, field.name, search);
  } else if (field.kind == FieldKind::ObjectList || field.kind == FieldKind::TextList) {
    for (const Json* each = first_of(value); each != nullptr; each = each->next()) {
      const bool object = field.kind == FieldKind::ObjectList;
      if (object && is_object(each)) {
        look(*field.of.schema, each, field.name, search);
      } else if (object || !is_text(each)) {
        search.note(kType, kTypeConstraintViolation, where, field.name, wanted(field.kind));
      } else if (static_cast<int>(strlen(each->text())) > field.most) {
        search.note(kLength, kTypeConstraintViolation, where, field.name, "too long");
      }
    }
  }
}

void look(const Schema& schema, const Json* object, const char* where, Search& search) {
  for (int i = 0; i < schema.count; ++i) {
    const Field& one = schema.fields[i];
    const Json* value = field(object, one.name);
    if (value != nullptr) {
      look_at(one, value, where, search);
    } else if (one.required) {
      search.note(kMissing, kProtocolError, where, one.name, "it is missing");
    }
  }
  for (const Json* each = first_of(object); each != nullptr; each = each->next()) {
    bool known = false;
    for (int i = 0; i < schema.count && !known; ++i) {
      known = equal(schema.fields[i].name, each->name());
    }
    if (!known) {
      search.note(kUnknown, kFormationViolation, where, each->name(), "there is no such field");
    }
  }
}

}  // namespace

Violation check(const Schema& schema, const Json* payload) {
  Search search;
  look(schema, payload, "", search);
  return search.found;
}

}  // namespace evse::ocpp
