#include "constrain/json_value.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace reckon::constrain {
namespace {

Json sample() {
  Json json = Json::object("b", Json::array({int64_t{-1}, uint64_t{UINT64_MAX}, 1.5, "x\n\"", true, Json()}));
  json["a"] = Json::object("~/", "deep");
  json["empty"] = Json::object();
  return json;
}

TEST(JsonValue, KeepsTheOrderOfMembers) {
  Json json = sample();
  EXPECT_EQ(json.dump(),
            R"({"b":[-1,18446744073709551615,1.5,"x\n\"",true,null],"a":{"~/":"deep"},"empty":{}})");
  json["b"] = false;
  EXPECT_EQ(json.dump(), R"({"b":false,"a":{"~/":"deep"},"empty":{}})");
  json.erase("a");
  EXPECT_EQ(json.size(), 2U);
  EXPECT_EQ(json.find("a"), nullptr);
  EXPECT_EQ(Json("text").find("a"), nullptr);
}

TEST(JsonValue, NumbersAreEqualByTheirValue) {
  EXPECT_EQ(Json(int64_t{1}), Json(1.0));
  EXPECT_EQ(Json(int64_t{1}), Json(uint64_t{1}));
  EXPECT_NE(Json(int64_t{-1}), Json(uint64_t{UINT64_MAX}));
  EXPECT_LT(Json(int64_t{-1}), Json(uint64_t{UINT64_MAX}));
  EXPECT_LT(Json(uint64_t{UINT64_MAX - 1}), Json(uint64_t{UINT64_MAX})) << "exactly";
  EXPECT_LT(Json(1.5), Json(int64_t{2}));
  EXPECT_NE(Json(true), Json(int64_t{1}));
  EXPECT_NE(Json("1"), Json(int64_t{1}));
}

TEST(JsonValue, ObjectsAreEqualInAnyOrder) {
  Json a = Json::object("x", true), b = Json::object("y", Json::array({"z"}));
  a["y"] = Json::array({"z"});
  b["x"] = true;
  EXPECT_EQ(a, b);
  b["y"].push_back("z");
  EXPECT_NE(a, b);
}

TEST(JsonValue, PointersNameWhatTheyShould) {
  const Json json = sample();
  EXPECT_EQ(json.at_pointer(""), &json);
  EXPECT_EQ(*json.at_pointer("/b/0"), Json(int64_t{-1}));
  EXPECT_EQ(*json.at_pointer("/a/~0~1"), Json("deep"));
  for (const char* wrong : {"b", "/c", "/b/6", "/b/00", "/b/-", "/b/x", "/b/0/0", "/a/~2", "/a/~", "/", "/b/",
                            "/b/99999999999999999999"}) {
    EXPECT_EQ(json.at_pointer(wrong), nullptr) << wrong;
  }
}

}  // namespace
}  // namespace reckon::constrain
