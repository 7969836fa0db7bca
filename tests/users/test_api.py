def test_colleagues_and_teams_are_read_and_never_written(api, rep, teammate):
    client = api(rep)
    answer = client.get(f"/api/v1/users/{teammate.pk}/")
    assert answer.data["name"] == "teammate"
    assert answer.data["team"] == teammate.team_id
    assert "password" not in answer.data
    assert "email" not in answer.data
    assert client.get("/api/v1/teams/").data["results"][0]["name"] == "East"
    assert client.post("/api/v1/users/", {"name": "x"}).status_code in (403, 405)
    assert client.generic("TRACE", "/api/v1/users/").status_code == 405
    assert client.patch(f"/api/v1/users/{rep.pk}/", {"name": "x"}).status_code in (403, 405)
    assert client.post(f"/api/v1/users/{rep.pk}/deactivate/").status_code == 404
