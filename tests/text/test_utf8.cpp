#include "text/utf8.hpp"

#include <gtest/gtest.h>

namespace reckon::text {
namespace {

TEST(Utf8, ReadsBackEveryScalarValue) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    append_utf8(text, c);
    const Utf8Unit unit = decode_utf8(text, 0);
    ASSERT_TRUE(unit.valid) << static_cast<uint32_t>(c);
    ASSERT_EQ(unit.code_point, c);
    ASSERT_EQ(unit.length, text.size());
  }
}

TEST(Utf8, TakesInvalidBytesOneByOne) {
  for (const std::string_view text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3z", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xE4\xBD",
        "\xE4\xBDz", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFE", "\xFF"}) {
    const Utf8Unit unit = decode_utf8(text, 0);
    EXPECT_FALSE(unit.valid);
    EXPECT_EQ(unit.length, 1u);
    EXPECT_EQ(unit.code_point, static_cast<uint8_t>(text[0]));
  }
}

}  // namespace
}  // namespace reckon::text
