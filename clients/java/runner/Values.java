import gatehouse.Message;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a message holds, as {@code vectors/make.py} describes it. */
final class Values {
  private Values() {}

  static Map<String, Object> of(Message message) throws ReflectiveOperationException {
    Map<String, Object> described = new LinkedHashMap<>();
    for (Field field : message.getClass().getFields()) {
      Object held = field.get(message);
      String name = field.getName().replaceAll("([A-Z])", "_$1").toLowerCase().replaceAll("_$", "");
      if (held instanceof Map<?, ?> map) {
        if (!map.isEmpty()) described.put(name, pairs(map));
      } else if (held instanceof List<?> list) {
        List<Object> elements = new ArrayList<>();
        for (Object each : list) elements.add(scalar(each, false));
        if (!elements.isEmpty()) described.put(name, elements);
      } else if (held != null && !(field.getType().isPrimitive() && isZero(held)) && !isEmpty(field, held)) {
        described.put(name, scalar(held, isUnsigned(field, held)));
      }
    }
    return described;
  }

  private static boolean isZero(Object held) {
    if (held instanceof Double number) return Double.doubleToRawLongBits(number) == 0;
    return held.equals(false) || held instanceof Number number && number.longValue() == 0;
  }

  /** Implicit texts, bytes and enums; those with presence are boxed alike, so an empty one counts as absent here. */
  private static boolean isEmpty(Field field, Object held) {
    if (held instanceof String text) return text.isEmpty();
    if (held instanceof byte[] bytes) return bytes.length == 0;
    return held instanceof Record enumeration && number(enumeration) == 0;
  }

  /** Signed are the counts of google.protobuf's times and the numbers of enums and codes. */
  private static boolean isUnsigned(Field field, Object held) {
    String name = field.getName();
    return !(name.equals("seconds") || name.equals("nanos") || name.equals("code"));
  }

  private static Object pairs(Map<?, ?> map) throws ReflectiveOperationException {
    List<Object> pairs = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (Object key : map.keySet()) keys.add((String) key);
    keys.sort(
        (left, right) ->
            Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8)));
    for (String key : keys) pairs.add(List.of(key, scalar(map.get(key), false)));
    return pairs;
  }

  private static Object scalar(Object held, boolean isUnsigned) throws ReflectiveOperationException {
    if (held instanceof Message message) return of(message);
    if (held instanceof Record enumeration) return (long) number(enumeration);
    if (held instanceof Long number) return isUnsigned ? Long.toUnsignedString(number) : number.toString();
    if (held instanceof Integer number) return isUnsigned ? Integer.toUnsignedLong(number) : (long) number;
    if (held instanceof Double number) return String.format("%016x", Double.doubleToRawLongBits(number));
    if (held instanceof byte[] bytes) return HexFormat.of().formatHex(bytes);
    return held;
  }

  private static int number(Record enumeration) {
    try {
      return (int) enumeration.getClass().getMethod("number").invoke(enumeration);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(error);
    }
  }
}
