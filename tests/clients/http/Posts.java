// Registers links one after the other, by one of Java's clients with its defaults.
// Arguments: "HttpClient" or "HttpURLConnection", the URL, the header Authorization, the body, the count.
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

class Posts {
    interface Post {
        int status() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        URI uri = URI.create(arguments[1]);
        Post post = arguments[0].equals("HttpClient")
            ? byHttpClient(uri, arguments[2], arguments[3])
            : () -> byConnection(uri, arguments[2], arguments[3]);
        int count = Integer.parseInt(arguments[4]);
        int failures = 0;
        for (int number = 0; number < count; number++) {
            try {
                int status = post.status();
                if (status != 201) throw new Exception("status " + status);
            } catch (Exception failure) {
                failures++;
                System.err.println("request " + number + ": " + failure);
            }
        }
        System.out.println(arguments[0] + ": " + failures + " of " + count + " failed");
        System.exit(failures == 0 ? 0 : 1);
    }

    static Post byHttpClient(URI uri, String authorization, String body) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(uri)
            .header("Authorization", authorization)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        return () -> client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    static int byConnection(URI uri, String authorization, String body) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setRequestProperty("Authorization", authorization);
        connection.setRequestProperty("Content-Type", "application/json");
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        if (status < 400) connection.getInputStream().readAllBytes();
        return status;
    }
}
